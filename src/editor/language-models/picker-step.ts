import type { Clock } from '../../core/clock';
import type { DiagnosisCode, DiagnosisStep } from '../../protocol/gateway-rpc';

/** VS Code asks FLM, which waits up to 10 s for the first round of detection. */
const answerLimitMs = 12_000;
/** VS Code takes up a change of FLM's list a moment after FLM itself: fewer models are counted again before they count. */
const recountAfterMs = 1_000;
const maxCounts = 3;

/** What VS Code knows of FLM's models. */
export interface PickerFacts {
  /** False in editors that lack the API. */
  readonly takesModels: () => boolean;
  /** Models of FLM that VS Code would give to whoever asks. */
  readonly countKnown: () => Promise<number>;
  /**
   * `chat.agentHost.byokModels.enabled`: whether agent sessions show models of extensions (vscode#324434). Undefined
   * where VS Code has no such setting.
   */
  readonly showsInAgents: () => boolean | undefined;
}

/**
 * Whether the chat models that FLM offers arrive in VS Code, and why they may not be seen there. Takes at most 12 s;
 * never rejects.
 */
export async function pickerStep(offered: number, facts: PickerFacts, clock: Clock): Promise<DiagnosisStep> {
  if (!facts.takesModels()) return picker(true, 'picker.unsupported');
  if (offered === 0) return picker(true, 'picker.empty');
  const known = await withLimit(countSettled(offered, facts, clock), clock);
  if (known === undefined) return picker(false, 'picker.noAnswer');
  if (known === 0) return picker(false, 'picker.hidden', offered);
  if (known < offered) return picker(false, 'picker.missing', offered, known);
  return picker(true, facts.showsInAgents() === false ? 'picker.agentsHidden' : 'picker.ok', offered, known);
}

function picker(ok: boolean, code: DiagnosisCode, ...args: number[]): DiagnosisStep {
  return { step: 'picker', ok, finding: { code, args } };
}

async function countSettled(offered: number, facts: PickerFacts, clock: Clock): Promise<number> {
  let known = await facts.countKnown();
  for (let count = 1; count < maxCounts && known < offered; count++) {
    await new Promise<void>((resolve) => void clock.setTimeout(resolve, recountAfterMs));
    known = await facts.countKnown();
  }
  return known;
}

/** Undefined: it failed, or took too long. */
function withLimit(count: Promise<number>, clock: Clock): Promise<number | undefined> {
  return new Promise((resolve) => {
    const timer = clock.setTimeout(() => resolve(undefined), answerLimitMs);
    const settle = (known: number | undefined) => {
      timer.cancel();
      resolve(known);
    };
    count.then(settle, () => settle(undefined));
  });
}

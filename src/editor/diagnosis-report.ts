import type { DiagnosisCode, DiagnosisStep } from '../protocol/gateway-rpc';
import type { CommandId } from './contributions';
import { localizeFinding, type Localizer } from './localizer';
import { markdownText } from './safe-text';

/** The command that helps most after a finding; none for those a person has to solve at the engine. */
const remedies: Partial<Record<DiagnosisCode, CommandId>> = {
  'engines.none': 'flm.engines.add',
  'engines.noneUsable': 'flm.engines.refresh',
  'proxy.off': 'flm.proxy.start',
  'proxy.notOurs': 'flm.proxy.restart',
  'proxy.unreachable': 'flm.proxy.restart',
};

/** The first step that failed: everything after it is a consequence. Undefined: all is well. */
export function firstFailure(steps: readonly DiagnosisStep[]): DiagnosisStep | undefined {
  return steps.find((step) => !step.ok);
}

/** What can be said when no step failed; a test request needs a loaded model. */
export function successText(l10n: Localizer, steps: readonly DiagnosisStep[]): string {
  const unsent = steps.find(({ finding }) => finding.code === 'client.noModel');
  if (unsent === undefined) return l10n.t('Everything works: engines, models, proxy and a test request.');
  return `${l10n.t('Engines, models and proxy work.')} ${localizeFinding(l10n, unsent.finding)}`;
}

export function remedyOf(code: DiagnosisCode): CommandId | undefined {
  return remedies[code];
}

export function stepLabel(l10n: Localizer, step: DiagnosisStep['step']): string {
  const labels: Record<DiagnosisStep['step'], string> = {
    gateway: l10n.t('Gateway'),
    engines: l10n.t('Engines'),
    models: l10n.t('Models'),
    proxy: l10n.t('Proxy'),
    client: l10n.t('Client'),
  };
  return labels[step];
}

function outcome(l10n: Localizer, step: DiagnosisStep): string {
  if (step.ok) return l10n.t('OK');
  return step.finding.code === 'client.skipped' ? l10n.t('Skipped') : l10n.t('Failed');
}

/** The whole diagnosis as a Markdown page. */
export function diagnosisReport(
  l10n: Localizer,
  steps: readonly DiagnosisStep[],
  facts: readonly (readonly [name: string, value: string])[],
): string {
  const rows = steps.map((step) => {
    return `| ${outcome(l10n, step)} | ${stepLabel(l10n, step.step)} | ${localizeFinding(l10n, step.finding, markdownText)} |`;
  });
  const failure = firstFailure(steps);
  const summary =
    failure === undefined
      ? successText(l10n, steps)
      : `${stepLabel(l10n, failure.step)}: ${localizeFinding(l10n, failure.finding, markdownText)}`;
  return [
    `# ${l10n.t('FLM Diagnosis')}`,
    summary,
    ['| | | |', '|:--|:--|:--|', ...rows].join('\n'),
    facts.map(([name, value]) => `- ${name}: ${markdownText(value)}`).join('\n'),
    '',
  ].join('\n\n');
}

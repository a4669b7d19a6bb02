import type { CatalogEntry } from '../../core/catalog';
import { openAiVoice, type Voice } from '../dialects/voice';
import { withModel, type InferenceBody } from '../inference-body';
import { openAiError, type OpenAiError } from '../openai-error';
import type { InferenceRoute } from '../route-table';
import type { Usage } from '../usage';
import type { Repair, RepairContext, Warner, Warning, WholeRepair } from './repair';
import { RepairedStream } from './repaired-stream';
import { repairsFor } from './repair-table';
import { Renderer } from './renderer';
import { EditedRequest, RequestMembers } from './request-members';
import { WholeRepairs } from './whole-repairs';

/** Response header that lists the repairs of an exchange. */
export const repairHeader = 'x-flm-repair';

/** Response header for what FLM cannot repair. */
export const warningHeader = 'x-flm-warning';

export type PlannedRequest =
  | {
      readonly ok: true;
      readonly body: Buffer;
      readonly plan: RepairPlan;
      /** Where the engine takes it, if not under its route. */
      readonly path?: string | undefined;
    }
  | { readonly ok: false; readonly error: OpenAiError; readonly repair: string };

/**
 * Chooses the repairs for one request to one engine and applies those of the request. A request that needs none keeps
 * its bytes; one that no repair can make right for this engine is refused with an error that says what to send instead.
 *
 * @param voice of a request that was translated from another API
 */
export function planRepairs(
  { engine, model }: CatalogEntry,
  route: InferenceRoute,
  body: InferenceBody,
  disabled: readonly string[],
  requestId: string,
  voice: Voice = openAiVoice,
): PlannedRequest {
  const repairs = repairsFor(engine.kind, engine.version, route, disabled);
  if (repairs.length === 0 && !voice.isTranslated)
    return { ok: true, body: withModel(body, model.id), plan: emptyPlan };

  const request = new RequestMembers(body);
  const context: RepairContext = { engine: engine.name, kind: engine.kind, route, model, requestId, request };
  const edited = new EditedRequest(request);
  const applied: string[] = [];
  let path: string | undefined;
  for (const repair of repairs) {
    const change = repair.request?.(edited, context);
    if (change === undefined) continue;
    if ('refuse' in change) {
      return { ok: false, error: openAiError('invalid_request', change.refuse, change.param), repair: repair.name };
    }
    edited.drop(change.drop ?? []);
    edited.set(change.set ?? {});
    path = change.path ?? path;
    applied.push(repair.name);
  }
  const plan = new RepairPlan(repairs, context, applied, voice);
  if (applied.length === 0) return { ok: true, body: withModel(body, model.id), plan };
  if (body.model !== model.id) edited.set({ model: model.id });
  return { ok: true, body: edited.bytes(), plan, path };
}

const noWarners: readonly ((usage: Usage) => Warning | undefined)[] = [];
const noWarnings: readonly Warning[] = [];
const nothing: readonly string[] = [];

/** What is to be done to the answer of one request. */
export class RepairPlan {
  /** How the answer is told. */
  readonly voice: Voice;
  readonly #repairs: readonly Repair[];
  readonly #context: RepairContext | undefined;
  /** Names of the repairs made on the request. */
  readonly applied: readonly string[];
  /** Known before the answer. */
  readonly warnings: readonly Warning[] = noWarnings;
  readonly #warners: readonly ((usage: Usage) => Warning | undefined)[];

  constructor(
    repairs: readonly Repair[],
    context: RepairContext | undefined,
    applied: readonly string[],
    voice: Voice = openAiVoice,
  ) {
    this.voice = voice;
    this.#repairs = repairs;
    this.#context = context;
    this.applied = applied;
    const warners: Warner[] = [];
    for (const { warn } of repairs) {
      const warner = context === undefined ? undefined : warn?.(context);
      if (warner !== undefined) warners.push(warner);
    }
    if (warners.length === 0) {
      this.#warners = noWarners;
      return;
    }
    this.warnings = warners.flatMap((warner) => warner.before?.() ?? []);
    this.#warners = warners.flatMap((warner) => warner.after ?? []);
  }

  /** For an answer that streams; undefined when no repair is armed, so that its bytes pass unread. */
  stream(): RepairedStream | undefined {
    const context = this.#context;
    if (context === undefined) return undefined;
    const names: string[] = [];
    const steps = this.#repairs.flatMap((repair) => {
      const step = repair.chunks?.(context);
      if (step === undefined) return [];
      names.push(repair.name);
      return [step];
    });
    const renderer = this.#renderer(context);
    const isArmed = steps.length > 0 || this.#warners.length > 0 || renderer !== undefined;
    return isArmed ? new RepairedStream(steps, names, (usage) => this.warningsOf(usage), renderer) : undefined;
  }

  /** For a whole answer; undefined when no repair is armed. */
  whole(): WholeRepairs | undefined {
    const context = this.#context;
    if (context === undefined) return undefined;
    const steps: { readonly name: string; readonly step: WholeRepair }[] = [];
    for (const repair of this.#repairs) {
      const step = repair.whole?.(context);
      if (step !== undefined) steps.push({ name: repair.name, step });
    }
    const { isTranslated } = this.voice;
    const isArmed = steps.length > 0 || this.#warners.length > 0 || isTranslated;
    return isArmed ? new WholeRepairs(steps, context.route === '/v1/embeddings', isTranslated) : undefined;
  }

  #renderer(context: RepairContext): Renderer | undefined {
    const translator = this.voice.translator();
    return translator && new Renderer(context, translator, this.voice);
  }

  /** What the engine's count shows and the header has not said. */
  warningsOf(usage: Usage | undefined): readonly Warning[] {
    if (usage === undefined || this.#warners.length === 0) return noWarnings;
    return this.#warners.flatMap((warn) => warn(usage) ?? []).filter((warning) => !this.warnings.includes(warning));
  }

  /** Headers of the answer: repairs of the request, with those made on the answer or armed for it. */
  headers(onAnswer: readonly string[], late: readonly Warning[] = noWarnings): readonly string[] {
    const warnings = late.length === 0 ? this.warnings : [...this.warnings, ...late];
    if (this.applied.length === 0 && onAnswer.length === 0 && warnings.length === 0) return nothing;
    const names = [...new Set([...this.applied, ...onAnswer])];
    return [
      ...(names.length === 0 ? [] : [repairHeader, names.join(', ')]),
      ...(warnings.length === 0 ? [] : [warningHeader, warnings.join(', ')]),
    ];
  }
}

const emptyPlan = new RepairPlan([], undefined, []);

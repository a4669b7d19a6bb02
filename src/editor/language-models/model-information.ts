import { isUsable, type Engine } from '../../core/engine';
import { usableContext, type Model } from '../../core/model';
import { canonicalModelId } from '../../core/model-id';
import { expectedContextText, formatTokens, separator } from '../format';
import type { Localizer } from '../localizer';
import { plainText } from '../safe-text';
import { canChat, modelFacts, modelLabel } from '../tree/model-nodes';

/** One model in VS Code's picker: `LanguageModelChatInformation` without VS Code. */
export interface ModelInformation {
  /** Canonical model id: the same on every start. */
  readonly id: string;
  readonly name: string;
  readonly family: string;
  readonly version: string;
  readonly detail: string;
  readonly tooltip: string;
  readonly maxInputTokens: number;
  readonly maxOutputTokens: number;
  readonly capabilities: { readonly imageInput: boolean; readonly toolCalling: boolean };
  /** Not in VS Code's stable types; 1.120 hides models without it from the picker (vscode#316217, vscode#316469). */
  readonly isUserSelectable: true;
}

/** Used where an engine does not tell: the smallest context that common engines start with. */
const unknownContext = 4096;
/** An answer rarely needs more; the rest of a long context is for the question. */
const maxAnswerTokens = 16_384;

/** Every chat model of every usable engine, in the engines' order. `hidden` are ids of engines that are not published. */
export function modelInformation(
  l10n: Localizer,
  engines: readonly Engine[],
  hidden: readonly string[],
): readonly ModelInformation[] {
  return engines
    .filter((engine) => isUsable(engine.state) && !hidden.includes(engine.id))
    .flatMap((engine) => engine.models.filter(canChat).map((model) => describe(l10n, engine, model)));
}

function describe(l10n: Localizer, engine: Engine, model: Model): ModelInformation {
  const { maxInputTokens, maxOutputTokens } = splitContext(assumedContext(model));
  return {
    id: canonicalModelId(engine.id, model.id),
    name: modelLabel(model),
    family: familyOf(model),
    version: [model.parameters, model.quantization].filter(Boolean).join('-') || '1',
    detail: plainText(engine.name),
    tooltip: tooltipOf(l10n, engine, model),
    maxInputTokens,
    maxOutputTokens,
    capabilities: {
      imageInput: model.capabilities.includes('vision'),
      toolCalling: model.capabilities.includes('tools'),
    },
    isUserSelectable: true,
  };
}

/** What the engine gives the model now, else what it is expected to give, else what the model could have, else little. */
export function assumedContext(model: Model): number {
  return usableContext(model) ?? unknownContext;
}

/** Engines share one context between question and answer; a quarter of it, within reason, is kept for the answer. */
export function splitContext(context: number): { maxInputTokens: number; maxOutputTokens: number } {
  const maxOutputTokens = Math.max(1, Math.min(maxAnswerTokens, Math.floor(context / 4)));
  return { maxInputTokens: Math.max(1, context - maxOutputTokens), maxOutputTokens };
}

/** The engine's word for it, else what the name begins with: `hf.co/x/Qwen3-8B-GGUF:Q4` → `qwen3`. */
function familyOf(model: Model): string {
  if (model.family !== undefined && model.family !== '') return model.family;
  const name = model.id.split(/[\\/]/).at(-1) ?? model.id;
  return /^[a-z]+[\d.]*/i.exec(name)?.[0].toLowerCase() ?? 'unknown';
}

function tooltipOf(l10n: Localizer, engine: Engine, model: Model): string {
  const expected = expectedContextText(l10n, model);
  return [
    [plainText(engine.name), plainText(engine.version ?? ''), engine.baseUrl].filter(Boolean).join(separator),
    [plainText(model.family ?? ''), ...modelFacts(l10n, model, false)].filter(Boolean).join(separator),
    expected === '' ? '' : `${l10n.t('Context, when loaded')}: ${expected}`,
    usableContext(model) === undefined
      ? l10n.t('Context length not known; FLM assumes {0}', formatTokens(unknownContext))
      : '',
    model.isCloud === true ? l10n.t('Runs in the cloud of its vendor: prompts leave this machine.') : '',
  ]
    .filter(Boolean)
    .join('\n');
}

import { canonicalModelId } from '../../core/model-id';
import type { Engine } from '../../core/engine';
import type { Model } from '../../core/model';

/** What the view shows besides the state of the gateway. */
export interface TreeOptions {
  /** Epoch ms, for ages. */
  readonly now: number;
  /** Words that a model's id or name must all contain; empty shows everything. */
  readonly filter: string;
  /** Engine ids of the setting `flm.engines.hidden`. */
  readonly hidden: readonly string[];
  readonly showsHidden: boolean;
  /** Setting `flm.proxy.defaultModel`. */
  readonly defaultModel: string;
  /** Rows of models shown per engine id; {@link pageSize} where absent. */
  readonly shown: ReadonlyMap<string, number>;
}

/** Models shown at once. A tree of thousands of rows is slow to build and useless to read; the filter finds the rest. */
export const pageSize = 200;

/**
 * Every word of the filter occurs in the model's id or names, whatever the case. A word with a slash is looked for in the
 * canonical id too; others are not, because `llama` would match all that Ollama has.
 */
export function matchesFilter(engine: Engine, model: Model, filter: string): boolean {
  const words = filterWords(filter);
  if (words.length === 0) return true;
  const names = [model.id, model.displayName ?? '', ...(model.aliases ?? [])].join('\n').toLowerCase();
  const canonical = canonicalModelId(engine.id, model.id).toLowerCase();
  return words.every((word) => names.includes(word) || (word.includes('/') && canonical.includes(word)));
}

export function filterWords(filter: string): string[] {
  return filter
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
}

import type { CatalogEntry } from '../../core/catalog';
import type { JsonObject } from '../repairs/json-object';

/**
 * How much a model is to think, as the engine understands it; nothing when it is not to be told.
 *
 * Templates of llama.cpp and vLLM take a switch and an effort, whether they know them or not. The others refuse an
 * effort for models that do not think («does not support thinking»), so only models known to think get one.
 */
export function effortMembers({ engine, model }: CatalogEntry, effort: string | undefined): JsonObject {
  if (effort === undefined) return {};
  const isOff = effort === 'none';
  if (engine.kind === 'llamacpp' || engine.kind === 'vllm') {
    return isOff ? { chat_template_kwargs: { enable_thinking: false } } : { reasoning_effort: effort };
  }
  if (!model.capabilities.includes('thinking')) return {};
  return isOff && engine.kind !== 'ollama' ? {} : { reasoning_effort: effort };
}

import type { CatalogEntry } from '../../../core/catalog';
import { isJsonObject, type JsonObject } from '../../repairs/json-object';

/**
 * `thinking` and `output_config.effort` as the engine understands them. Absent, a model thinks as it does by default.
 *
 * Templates of llama.cpp and vLLM take a switch, whether they know it or not; the others refuse an effort for models
 * that do not think («does not support thinking»), so only models known to think get one.
 */
export function thinkingMembers({ thinking, output_config: output }: JsonObject, entry: CatalogEntry): JsonObject {
  const { kind } = entry.engine;
  const effort = isJsonObject(output) ? knownEfforts[String(output.effort)] : undefined;
  const type = isJsonObject(thinking) ? thinking.type : undefined;
  const isOn = type === undefined ? undefined : type !== 'disabled';
  const budget =
    isJsonObject(thinking) && typeof thinking.budget_tokens === 'number' ? thinking.budget_tokens : undefined;
  if (kind === 'llamacpp' || kind === 'vllm') {
    return {
      ...(isOn !== undefined && { chat_template_kwargs: { enable_thinking: isOn } }),
      ...(kind === 'llamacpp' && isOn === true && budget !== undefined && { thinking_budget_tokens: budget }),
      ...(isOn !== false && effort !== undefined && { reasoning_effort: effort }),
    };
  }
  if (!entry.model.capabilities.includes('thinking')) return {};
  if (isOn === false) return kind === 'ollama' ? { reasoning_effort: 'none' } : {};
  const wanted = effort ?? (budget === undefined ? undefined : effortFor(budget));
  return wanted === undefined ? {} : { reasoning_effort: wanted };
}

const knownEfforts: Readonly<Record<string, string | undefined>> = {
  low: 'low',
  medium: 'medium',
  high: 'high',
  xhigh: 'high',
  max: 'high',
};

/** Tokens for thinking, as the coarse measure that other APIs have. */
function effortFor(budget: number): string {
  if (budget < 4096) return 'low';
  return budget < 16_384 ? 'medium' : 'high';
}

import type { CatalogEntry } from '../../../core/catalog';
import { isJsonObject, type JsonObject } from '../../repairs/json-object';
import { effortMembers } from '../effort';

/** `thinking` and `output_config.effort` as the engine understands them. Absent, a model thinks as it does by default. */
export function thinkingMembers({ thinking, output_config: output }: JsonObject, entry: CatalogEntry): JsonObject {
  const { kind } = entry.engine;
  const effort = isJsonObject(output) ? knownEfforts[String(output.effort)] : undefined;
  const { type, budget_tokens: budget } = isJsonObject(thinking) ? thinking : {};
  const isOff = type === 'disabled';
  if (kind === 'llamacpp' || kind === 'vllm') {
    return {
      ...(isOff ? {} : effortMembers(entry, effort)),
      ...(type !== undefined && { chat_template_kwargs: { enable_thinking: !isOff } }),
      ...(kind === 'llamacpp' &&
        type === 'enabled' &&
        typeof budget === 'number' && { thinking_budget_tokens: budget }),
    };
  }
  if (isOff) return effortMembers(entry, 'none');
  return effortMembers(entry, effort ?? (typeof budget === 'number' ? effortFor(budget) : undefined));
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

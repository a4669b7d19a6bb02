import { isObject, type JsonObject } from './openai-request';

/**
 * Whether a message of the system stands anywhere but first, which chat templates refuse (Qwen3.5 and later). `system` of
 * the Messages API comes before all messages.
 */
export function hasLateSystem({ system, messages }: JsonObject): boolean {
  const first = system === undefined ? 1 : 0;
  return Array.isArray(messages) && messages.slice(first).some((one) => isObject(one) && one['role'] === 'system');
}

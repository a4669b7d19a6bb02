import { isJsonObject, type JsonObject } from '../repairs/json-object';

/** The reasoning of a chat message or delta, under whichever name; '' for none. */
export function reasoningOf({ reasoning, reasoning_content: old }: JsonObject): string {
  if (typeof reasoning === 'string' && reasoning !== '') return reasoning;
  return typeof old === 'string' ? old : '';
}

/** The text of a chat message or delta; a refusal is text too. */
export function saidText({ content, refusal }: JsonObject): string {
  const text = typeof content === 'string' ? content : '';
  return text === '' && typeof refusal === 'string' ? refusal : text;
}

/** Calls, or pieces of them. */
export function callsOf({ tool_calls: calls }: JsonObject): readonly JsonObject[] {
  return Array.isArray(calls) ? calls.filter(isJsonObject) : [];
}

export function functionOf(call: JsonObject): JsonObject {
  return isJsonObject(call.function) ? call.function : {};
}

/** Arguments as text; some engines send the object itself. */
export function argumentsText(value: unknown): string {
  if (typeof value === 'string') return value;
  return isJsonObject(value) ? JSON.stringify(value) : '';
}

export function tokenCount(value: unknown): number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : 0;
}

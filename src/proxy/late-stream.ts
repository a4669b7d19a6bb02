import { isJsonObject, mapItems, without, type JsonObject } from './repairs/json-object';

/**
 * A whole answer as a stream of one chunk and `[DONE]`: for an engine that does not stream although asked, and took so
 * long that the head of a stream had already gone out.
 *
 * @returns undefined when `body` is no JSON object
 */
export function asStream(body: Buffer): string | undefined {
  try {
    const answer: unknown = JSON.parse(body.toString('utf8'));
    if (!isJsonObject(answer)) return undefined;
    return `data: ${JSON.stringify(asChunk(answer))}\n\ndata: [DONE]\n\n`;
  } catch {
    return undefined;
  }
}

/** A whole chat or completion answer as the one chunk of a stream. */
export function asChunk(answer: JsonObject): JsonObject {
  const { object, choices } = answer;
  if (!Array.isArray(choices)) return answer;
  return {
    ...answer,
    ...(object === 'chat.completion' && { object: 'chat.completion.chunk' }),
    choices: mapItems(choices, (choice) => {
      if (!isJsonObject(choice) || !isJsonObject(choice.message)) return choice;
      return { ...without(choice, 'message'), delta: numbered(choice.message) };
    }),
  };
}

/** Tool calls of a chunk carry their index. */
function numbered(message: JsonObject): JsonObject {
  const { tool_calls: calls } = message;
  if (!Array.isArray(calls)) return message;
  return {
    ...message,
    tool_calls: calls.map((call: unknown, index) => (isJsonObject(call) ? { index, ...call } : call)),
  };
}

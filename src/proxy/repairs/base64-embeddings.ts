import { isJsonObject, mapItems, type JsonObject } from './json-object';
import type { Repair } from './repair';

/**
 * Embeddings as base64 where the client asked for it and the engine sent numbers: the OpenAI SDKs ask for base64 unless
 * told otherwise, and read numbers wrongly, a vector of 768 as one of 192 (litellm 42426). LM Studio ignores
 * `encoding_format`, and so do older versions of others; an engine that obeys costs a look at the first 4 KiB.
 */
export const base64Embeddings: Repair = {
  name: 'base64-embeddings',
  kinds: ['ollama', 'lmstudio', 'llamacpp', 'openai'],
  routes: ['/v1/embeddings'],
  whole: ({ request }) =>
    request.value('encoding_format') === 'base64'
      ? { concerns: (beginning) => /"embedding"\s*:\s*\[/.test(beginning), apply: encodeAll }
      : undefined,
};

function encodeAll(answer: JsonObject): JsonObject {
  const { data } = answer;
  if (!Array.isArray(data)) return answer;
  const next = mapItems(data, (item) => {
    if (!isJsonObject(item) || !isNumbers(item.embedding)) return item;
    return { ...item, embedding: encodeFloats(item.embedding) };
  });
  return next === data ? answer : { ...answer, data: next };
}

/** 32-bit floats, little-endian, one after the other, as OpenAI encodes vectors. */
export function encodeFloats(numbers: readonly number[]): string {
  const bytes = Buffer.allocUnsafe(numbers.length * 4);
  numbers.forEach((number, at) => bytes.writeFloatLE(number, at * 4));
  return bytes.toString('base64');
}

function isNumbers(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'number');
}

import { mapChoices } from './choices';
import { mapMember, without, type JsonObject } from './json-object';
import { textRoutes, type Repair } from './repair';

/** Members that OpenAI's own answers carry as `null`: clients may count on their presence. */
const nullable = new Set(['content', 'refusal', 'logprobs', 'finish_reason', 'message', 'delta', 'text']);

/** vLLM fills answers with `null`s that OpenAI's schema does not know; strict clients stumble over them. */
export const nullMembers: Repair = {
  name: 'null-members',
  kinds: ['vllm'],
  routes: textRoutes,
  chunks: () => ({ chunk: withoutNulls }),
  whole: () => ({ apply: withoutNulls }),
};

function withoutNulls(answer: JsonObject): JsonObject {
  const stripped = mapMember(strip(answer), 'usage', strip);
  return mapChoices(stripped, (choice) => mapMember(mapMember(strip(choice), 'delta', strip), 'message', strip));
}

function strip(object: JsonObject): JsonObject {
  const names = Object.keys(object).filter((name) => object[name] === null && !nullable.has(name));
  return names.length === 0 ? object : without(object, ...names);
}

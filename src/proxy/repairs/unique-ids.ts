import { textRoutes, type Repair } from './repair';
import type { JsonObject } from './json-object';

/** Ollama numbers its answers 0 to 998 at random (`chatcmpl-417`), so two of a few dozen collide. */
const collidingId = /^(chatcmpl|cmpl)-\d{1,3}$/;

/** Ids that may collide become unique: clients key tool calls and caches by them. */
export const uniqueIds: Repair = {
  name: 'unique-ids',
  kinds: ['ollama'],
  routes: textRoutes,
  chunks: ({ requestId }) => ({ chunk: (chunk) => withUniqueId(chunk, requestId) }),
  whole: ({ requestId }) => ({ apply: (answer) => withUniqueId(answer, requestId) }),
};

function withUniqueId(answer: JsonObject, requestId: string): JsonObject {
  const prefix = typeof answer.id === 'string' ? collidingId.exec(answer.id)?.[1] : undefined;
  return prefix === undefined ? answer : { ...answer, id: `${prefix}-${requestId.replace(/^req_/, '')}` };
}

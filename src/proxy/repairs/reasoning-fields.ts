import { chatRoutes, type Repair } from './repair';
import { mapParts } from './choices';
import type { JsonObject } from './json-object';
import { isVersionWithin } from './version-range';

/**
 * Reasoning under both names that clients look for: `reasoning` (Ollama, vLLM, gpt-oss in LM Studio) and
 * `reasoning_content` (llama.cpp, old vLLM, LM Studio).
 *
 * `<think>` tags inside `content` are left alone: they may be quoted text, clients that know such models already take
 * them out, and telling them apart in a stream would hold text back.
 */
export const reasoningFields: Repair = {
  name: 'reasoning-fields',
  kinds: ['ollama', 'vllm', 'lmstudio', 'llamacpp'],
  routes: chatRoutes,
  // vLLM sent both from v0.11.1 until v0.16.0 removed the old name
  isNeedless: (kind, version) => kind === 'vllm' && isVersionWithin(version, '0.11.1', '0.16.0'),
  chunks: () => ({ chunk: (chunk) => mapParts(chunk, withBothNames) }),
  whole: () => ({ apply: (answer) => mapParts(answer, withBothNames) }),
};

function withBothNames(part: JsonObject): JsonObject {
  const { reasoning, reasoning_content: content } = part;
  if (typeof reasoning === 'string' && typeof content !== 'string') return { ...part, reasoning_content: reasoning };
  if (typeof content === 'string' && typeof reasoning !== 'string') return { ...part, reasoning: content };
  return part;
}

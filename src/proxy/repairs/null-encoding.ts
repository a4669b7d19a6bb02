import type { Repair } from './repair';

/**
 * `encoding_format: null`, which litellm sends unless told otherwise and vLLM refuses («Input should be 'float' or
 * 'base64'»): left out, so that the engine takes its default.
 */
export const nullEncoding: Repair = {
  name: 'null-encoding',
  kinds: ['vllm', 'openai'],
  routes: ['/v1/embeddings'],
  request: (body) =>
    body.has('encoding_format') && body.value('encoding_format') === null ? { drop: ['encoding_format'] } : undefined,
};

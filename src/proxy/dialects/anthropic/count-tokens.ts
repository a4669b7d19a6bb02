import type { Dialect } from '../dialect';
import { isNativeSince, type NativeSince } from '../native-since';
import { anthropicErrors } from './anthropic-errors';
import { anthropicStreams, anthropicUsage } from './anthropic-streams';

/** llama.cpp has it since its Messages API, vLLM since PR 35588 of 2026-02-28 (first release 0.17.0); Ollama has none. */
const nativeSince: NativeSince = { vllm: '0.17.0', llamacpp: 'b8000' };

/** `POST /v1/messages/count_tokens` (https://docs.anthropic.com/en/api/messages-count-tokens). */
export const countTokens: Dialect = {
  errors: anthropicErrors,
  streams: anthropicStreams,
  streamsByDefault: false,
  neverStreams: true,
  nativePath: (entry) => (isNativeSince(entry, nativeSince) ? '/v1/messages/count_tokens' : undefined),
  usage: anthropicUsage,
};

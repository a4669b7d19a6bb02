import type { Dialect } from '../dialect';
import { isNativeSince, type NativeSince } from '../native-since';
import { anthropicErrors } from './anthropic-errors';
import { anthropicStreams, anthropicUsage } from './anthropic-streams';

/**
 * Engines that speak the Messages API: Ollama since 0.14.0, vLLM since 0.11.1, llama.cpp since 2025-11 (PR 17570; build
 * 8000 has the fixes of the weeks after). LM Studio speaks it since 0.4.1, but tells no version.
 */
const nativeSince: NativeSince = { ollama: '0.14.0', vllm: '0.12.0', llamacpp: 'b8000' };

/** `POST /v1/messages` (https://docs.anthropic.com/en/api/messages). */
export const anthropicMessages: Dialect = {
  errors: anthropicErrors,
  streams: anthropicStreams,
  streamsByDefault: false,
  nativePath: (entry) => (isNativeSince(entry, nativeSince) ? '/v1/messages' : undefined),
  usage: anthropicUsage,
};

import type { Dialect } from '../dialect';
import { isNativeSince, type NativeSince } from '../native-since';
import { translating } from '../request-problem';
import { anthropicErrors } from './anthropic-errors';
import { anthropicStreams, anthropicUsage } from './anthropic-streams';
import { chatMessages } from './request-messages';
import { chatTools } from './request-tools';
import { RequestMembers } from '../../repairs/request-members';
import { hasLateSystemMessage } from './native-limits';
import { estimateTokens } from './token-estimate';

/** llama.cpp has it since its Messages API, vLLM since PR 35588 of 2026-02-28 (first release 0.17.0); Ollama has none. */
const nativeSince: NativeSince = { vllm: '0.17.0', llamacpp: 'b8000' };

/** Says that a number was guessed, and from what. */
export const estimateHeader = 'x-flm-estimate';

/**
 * `POST /v1/messages/count_tokens` (https://docs.anthropic.com/en/api/messages-count-tokens). Counted by the engine where
 * it can; otherwise estimated without asking it, and said so in a header.
 */
export const countTokens: Dialect = {
  errors: anthropicErrors,
  streams: anthropicStreams,
  streamsByDefault: false,
  neverStreams: true,
  nativePath: (entry, body) =>
    isNativeSince(entry, nativeSince) && !hasLateSystemMessage(new RequestMembers(body))
      ? '/v1/messages/count_tokens'
      : undefined,
  usage: anthropicUsage,
  translate: (body) =>
    translating(body, (request) => {
      const answer = { input_tokens: estimateTokens(chatMessages(request), chatTools(request).tools) };
      return { ok: 'answered', answer, headers: [estimateHeader, 'characters'] };
    }),
};

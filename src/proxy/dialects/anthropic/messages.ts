import type { Dialect, Translation } from '../dialect';
import { isNativeSince, type NativeSince } from '../native-since';
import { anthropicErrors } from './anthropic-errors';
import { translating } from '../request-problem';
import { anthropicStreams, anthropicUsage } from './anthropic-streams';
import { chatRequest, stopSequences } from './chat-request';
import { MessageStream } from './message-stream';
import { isBetterTranslated } from './native-limits';
import { wholeMessage } from './whole-message';

/**
 * Engines that speak the Messages API: Ollama since 0.14.0, vLLM since 0.11.1 (0.12.0 is the first with its fixes),
 * llama.cpp since 2025-11 (PR 17570; build 8000 has the fixes of the weeks after). LM Studio speaks it since 0.4.1, but
 * tells no version.
 */
const nativeSince: NativeSince = { ollama: '0.14.0', vllm: '0.12.0', llamacpp: 'b8000' };

/** `POST /v1/messages` (https://docs.anthropic.com/en/api/messages). */
export const anthropicMessages: Dialect = {
  errors: anthropicErrors,
  streams: anthropicStreams,
  streamsByDefault: false,
  nativePath: (entry, body) =>
    isNativeSince(entry, nativeSince) && !isBetterTranslated(entry, body) ? '/v1/messages' : undefined,
  usage: anthropicUsage,
  translate: (body, { entry, requestId }) =>
    translating(body, (request) => {
      const facts = { requestId, model: entry.model.id, stopSequences: stopSequences(request) };
      const translation = {
        route: '/v1/chat/completions',
        request: chatRequest(request, entry),
        stream: () => new MessageStream(facts),
        whole: (answer) => wholeMessage(answer, facts),
      } satisfies Translation;
      return { ok: true, translation };
    }),
};

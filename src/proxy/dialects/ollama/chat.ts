import type { InferenceBody } from '../../inference-body';
import type { JsonObject } from '../../repairs/json-object';
import type { Dialect, Translated, TranslationContext } from '../dialect';
import { openAiMessages } from './chat-messages';
import { loadRequest } from './load-request';
import { ollamaPath } from './native-path';
import { OllamaLines, ollamaAnswer, type AnswerForm, type Piece } from './ollama-answer';
import { ollamaErrors } from './ollama-errors';
import { askedModel, membersOf, refused } from './ollama-request';
import { ollamaStreams } from './ollama-streams';
import { usageInOllamaJson } from './ollama-usage';
import { responseFormat } from './response-format';
import { samplingMembers } from './sampling-options';
import { thinkingMembers } from './thinking-members';

/** `POST /api/chat` (https://github.com/ollama/ollama/blob/main/docs/api.md#generate-a-chat-completion). */
export const ollamaChat: Dialect = {
  errors: ollamaErrors,
  streams: ollamaStreams,
  streamsByDefault: true,
  nativePath: ollamaPath('/api/chat'),
  usage: usageInOllamaJson,
  translate,
};

function translate(body: InferenceBody, context: TranslationContext): Translated {
  const request = membersOf(body);
  const model = askedModel(body, context);
  if (!Array.isArray(request.messages) || request.messages.length === 0) {
    return loadRequest(request, model, chatPiece, context);
  }
  const { kind } = context.entry.engine;
  const told = openAiMessages(request.messages as unknown[], kind, context.requestId);
  if (!told.ok) return told;
  const format = responseFormat(request.format);
  if (format === undefined) return refused('\'format\' must be "json" or a JSON schema', 'format');
  const form: AnswerForm = { model, context, piece: chatPiece, hidesThinking: request.think === false, isLoad: false };
  return {
    ok: true,
    translation: {
      route: '/v1/chat/completions',
      request: {
        messages: told.messages,
        ...samplingMembers(request.options, kind),
        ...format.member,
        ...thinkingMembers(request.think, kind),
        ...(Array.isArray(request.tools) && request.tools.length > 0 ? { tools: request.tools as unknown[] } : {}),
        ...logprobMembers(request),
      },
      stream: () => new OllamaLines(form),
      whole: (answer) => ollamaAnswer(answer, form),
    },
  };
}

/** Wishes for log probabilities, which both APIs name alike. */
export function logprobMembers({ logprobs, top_logprobs: top }: JsonObject): JsonObject {
  return logprobs === true ? { logprobs, ...(typeof top === 'number' && top > 0 ? { top_logprobs: top } : {}) } : {};
}

function chatPiece({ text, thinking, calls = [] }: Piece): JsonObject {
  return {
    message: {
      role: 'assistant',
      content: text,
      ...(thinking === undefined ? {} : { thinking }),
      ...(calls.length === 0 ? {} : { tool_calls: calls }),
    },
  };
}

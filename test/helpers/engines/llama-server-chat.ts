import { epochSeconds, type IdSequence } from './ids';
import type { LlamaServerScript } from './llama-server-models';
import { llamaError } from './llama-server-errors';
import { argumentsText, callsOf, joinText, type FinishedReply } from './reply';
import { fragments, sse, sseDone, type StreamDialect } from './stream-reply';

/** Facts of one answer. */
export interface LlamaAnswer {
  readonly ids: IdSequence;
  readonly model: string;
  readonly reply: FinishedReply;
  readonly script: Readonly<LlamaServerScript>;
}

export function llamaUsage(reply: FinishedReply): object {
  return {
    completion_tokens: reply.completionTokens,
    prompt_tokens: reply.promptTokens,
    total_tokens: reply.promptTokens + reply.completionTokens,
    prompt_tokens_details: { cached_tokens: 0 },
  };
}

export function llamaTimings(reply: FinishedReply): object {
  return {
    cache_n: 0,
    prompt_n: reply.promptTokens,
    prompt_ms: reply.promptTokens * 0.5,
    prompt_per_token_ms: 0.5,
    prompt_per_second: 2000,
    predicted_n: reply.completionTokens,
    predicted_ms: reply.completionTokens * 5,
    predicted_per_token_ms: 5,
    predicted_per_second: 200,
  };
}

function fingerprint(script: Readonly<LlamaServerScript>): string {
  return script.buildInfo ?? 'b9775-be4a6a63e';
}

export function llamaChat({ ids, model, reply, script }: LlamaAnswer): object {
  const reasoning = joinText(reply, 'reasoning');
  const calls = callsOf(reply).map((call) => ({
    type: 'function',
    function: { name: call.name, arguments: argumentsText(call) },
    id: call.id ?? ids.take(32),
  }));
  const message = {
    role: 'assistant',
    content: joinText(reply, 'text'),
    ...(reasoning === '' ? {} : { reasoning_content: reasoning }),
    ...(calls.length === 0 ? {} : { tool_calls: calls }),
  };
  return {
    choices: [{ finish_reason: reply.finishReason, index: 0, message }],
    created: epochSeconds(),
    model,
    system_fingerprint: fingerprint(script),
    object: 'chat.completion',
    usage: llamaUsage(reply),
    id: `chatcmpl-${ids.take(32)}`,
    timings: llamaTimings(reply),
  };
}

export function llamaChatStream(answer: LlamaAnswer, hasUsage: boolean): StreamDialect {
  const { ids, model, reply, script } = answer;
  const id = `chatcmpl-${ids.take(32)}`;
  const created = epochSeconds();
  const chunk = (choices: object[], more: object = {}): string =>
    sse({
      choices,
      created,
      id,
      model,
      system_fingerprint: fingerprint(script),
      object: 'chat.completion.chunk',
      ...more,
    });
  const delta = (content: object, finish: string | null = null): string =>
    chunk([{ finish_reason: finish, index: 0, delta: content }]);
  return {
    start: () => delta({ role: 'assistant', content: null }),
    piece: (piece) => {
      if (piece.kind === 'text') return [delta({ content: piece.text })];
      if (piece.kind === 'reasoning') return [delta({ reasoning_content: piece.text })];
      const [first = '', ...rest] = fragments(argumentsText(piece.call));
      const head = {
        index: piece.index,
        id: piece.call.id ?? ids.take(32),
        type: 'function',
        function: { name: piece.call.name, arguments: first },
      };
      return [
        delta({ tool_calls: [head] }),
        ...rest.map((part) => delta({ tool_calls: [{ index: piece.index, function: { arguments: part } }] })),
      ];
    },
    finish: () => {
      const last = [{ finish_reason: reply.finishReason, index: 0, delta: {} }];
      const timings = { timings: llamaTimings(reply) };
      return [
        hasUsage ? chunk(last) + chunk([], { usage: llamaUsage(reply), ...timings }) : chunk(last, timings),
        sseDone,
      ];
    },
    fail: (message) => failLines(script, message),
  };
}

export function llamaCompletion({ ids, model, reply, script }: LlamaAnswer): object {
  return {
    choices: [{ text: joinText(reply, 'text'), index: 0, logprobs: null, finish_reason: reply.finishReason }],
    created: epochSeconds(),
    model,
    system_fingerprint: fingerprint(script),
    object: 'text_completion',
    usage: llamaUsage(reply),
    id: `chatcmpl-${ids.take(32)}`,
    timings: llamaTimings(reply),
  };
}

export function llamaCompletionStream({ ids, model, reply, script }: LlamaAnswer): StreamDialect {
  const id = `chatcmpl-${ids.take(32)}`;
  const head = { created: epochSeconds(), model, system_fingerprint: fingerprint(script), object: 'text_completion' };
  const choice = (text: string, finish: string | null): object[] => [
    { text, index: 0, logprobs: null, finish_reason: finish },
  ];
  return {
    start: () => '',
    piece: (piece) => [piece.kind === 'text' ? sse({ choices: choice(piece.text, null), ...head, id }) : ''],
    finish: () => [
      sse({
        choices: choice('', reply.finishReason),
        ...head,
        usage: llamaUsage(reply),
        id,
        timings: llamaTimings(reply),
      }),
      sseDone,
    ],
    fail: (message) => failLines(script, message),
  };
}

/** Native `/completion` and `/infill`. */
export function llamaNative({ model, reply }: LlamaAnswer): object {
  return nativeLast(model, reply, joinText(reply, 'text'));
}

export function llamaNativeStream({ model, reply, script }: LlamaAnswer): StreamDialect {
  let count = 0;
  return {
    start: () => '',
    piece: (piece) => {
      if (piece.kind !== 'text') return [];
      count += 1;
      return [
        sse({
          index: 0,
          content: piece.text,
          tokens: [count],
          stop: false,
          id_slot: -1,
          tokens_predicted: count,
          tokens_evaluated: reply.promptTokens,
        }),
      ];
    },
    finish: () => [sse(nativeLast(model, reply, ''))],
    fail: (message) => failLines(script, message),
  };
}

function nativeLast(model: string, reply: FinishedReply, content: string): object {
  return {
    index: 0,
    content,
    tokens: [],
    id_slot: 0,
    stop: true,
    model,
    tokens_predicted: reply.completionTokens,
    tokens_evaluated: reply.promptTokens,
    generation_settings: {},
    prompt: '',
    has_new_line: false,
    truncated: false,
    stop_type: reply.finishReason === 'length' ? 'limit' : 'eos',
    stopping_word: '',
    tokens_cached: reply.promptTokens + reply.completionTokens,
    timings: llamaTimings(reply),
  };
}

/** A failure inside the stream; no `[DONE]` follows. */
function failLines(script: Readonly<LlamaServerScript>, message: string): string[] {
  const error = llamaError(500, message);
  return [script.hasLegacyStreamError === true ? `error: ${JSON.stringify(error)}\n\n` : sse(error)];
}

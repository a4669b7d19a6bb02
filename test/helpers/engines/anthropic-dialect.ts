import { argumentsText, callsOf, joinText, type FinishedReply } from './reply';
import { fragments, sse, type StreamDialect } from './stream-reply';

interface MessageFacts {
  readonly id: string;
  readonly model: string;
  readonly reply: FinishedReply;
}

/** What one message says of itself. */
export interface MessageWords {
  readonly id: string;
  readonly model: string;
  readonly content: readonly object[];
  /** null while it is being streamed. */
  readonly stopReason: string | null;
  readonly promptTokens: number;
  readonly completionTokens: number;
}

/** Where engines differ in their own `/v1/messages`. */
export interface AnthropicStyle {
  message(words: MessageWords): object;
  /** What `message_delta` says besides its type. */
  end(words: MessageWords): object;
  /** False: a stream that fails only ends. */
  readonly tellsFailure: boolean;
  /** The block comes before its number. */
  readonly numbersLast?: boolean;
}

const llamaServerStyle: AnthropicStyle = {
  message: ({ id, model, content, stopReason, promptTokens, completionTokens }) => ({
    id,
    type: 'message',
    role: 'assistant',
    content,
    model,
    stop_reason: stopReason,
    stop_sequence: null,
    usage: { cache_read_input_tokens: 0, input_tokens: promptTokens, output_tokens: completionTokens },
  }),
  end: ({ stopReason, completionTokens }) => ({
    delta: { stop_reason: stopReason, stop_sequence: null },
    usage: { output_tokens: completionTokens },
  }),
  tellsFailure: true,
};

export function anthropicMessage({ id, model, reply }: MessageFacts, style = llamaServerStyle): object {
  const thinking = joinText(reply, 'reasoning');
  const text = joinText(reply, 'text');
  const content = [
    ...(thinking === '' ? [] : [{ type: 'thinking', thinking, signature: '' }]),
    ...(text === '' ? [] : [{ type: 'text', text }]),
    ...callsOf(reply).map((call, index) => ({
      type: 'tool_use',
      id: call.id ?? `toolu_${index}`,
      name: call.name,
      input: JSON.parse(argumentsText(call)) as unknown,
    })),
  ];
  const { promptTokens, completionTokens } = reply;
  return style.message({ id, model, content, stopReason: stopReason(reply), promptTokens, completionTokens });
}

export function anthropicStream({ id, model, reply }: MessageFacts, style = llamaServerStyle): StreamDialect {
  let block = -1;
  let open = '';
  const { promptTokens, completionTokens } = reply;
  const words = { id, model, content: [], stopReason: null, promptTokens, completionTokens: 0 };
  const inBlock = (type: string, content: object): string =>
    named(style.numbersLast === true ? { type, ...content, index: block } : { type, index: block, ...content });
  const begin = (kind: string, content: object): string => {
    const closing = open === '' ? '' : named({ type: 'content_block_stop', index: block });
    open = kind;
    block += 1;
    return closing + inBlock('content_block_start', { content_block: content });
  };
  const delta = (content: object): string => inBlock('content_block_delta', { delta: content });
  return {
    start: () => named({ type: 'message_start', message: style.message(words) }),
    piece: (piece) => {
      if (piece.kind === 'tool') {
        const call = {
          type: 'tool_use',
          id: piece.call.id ?? `toolu_${piece.index}`,
          name: piece.call.name,
          input: {},
        };
        const head = begin(`tool ${piece.index}`, call);
        const parts = fragments(argumentsText(piece.call)).map((part) =>
          delta({ type: 'input_json_delta', partial_json: part }),
        );
        return [head, ...parts];
      }
      const isText = piece.kind === 'text';
      const empty = isText ? { type: 'text', text: '' } : { type: 'thinking', thinking: '' };
      const head = open === piece.kind ? '' : begin(piece.kind, empty);
      return [
        head +
          delta(isText ? { type: 'text_delta', text: piece.text } : { type: 'thinking_delta', thinking: piece.text }),
      ];
    },
    finish: () => [
      (open === '' ? '' : named({ type: 'content_block_stop', index: block })) +
        named({ type: 'message_delta', ...style.end({ ...words, stopReason: stopReason(reply), completionTokens }) }) +
        named({ type: 'message_stop' }),
    ],
    fail: (message) => (style.tellsFailure ? [named({ type: 'error', error: { type: 'api_error', message } })] : []),
  };
}

const stopReasons: Readonly<Record<string, string>> = {
  stop: 'end_turn',
  length: 'max_tokens',
  tool_calls: 'tool_use',
};

function stopReason(reply: FinishedReply): string {
  return stopReasons[reply.finishReason ?? 'stop'] ?? 'end_turn';
}

function named(data: { readonly type: string; readonly [field: string]: unknown }): string {
  return sse(data, data.type);
}

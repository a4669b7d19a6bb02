import { argumentsText, callsOf, joinText, type FinishedReply } from './reply';
import { fragments, sse, type StreamDialect } from './stream-reply';

interface MessageFacts {
  readonly id: string;
  readonly model: string;
  readonly reply: FinishedReply;
}

export function anthropicMessage({ id, model, reply }: MessageFacts): object {
  const thinking = joinText(reply, 'reasoning');
  const text = joinText(reply, 'text');
  return {
    id,
    type: 'message',
    role: 'assistant',
    content: [
      ...(thinking === '' ? [] : [{ type: 'thinking', thinking, signature: '' }]),
      ...(text === '' ? [] : [{ type: 'text', text }]),
      ...callsOf(reply).map((call, index) => ({
        type: 'tool_use',
        id: call.id ?? `toolu_${index}`,
        name: call.name,
        input: JSON.parse(argumentsText(call)) as unknown,
      })),
    ],
    model,
    stop_reason: stopReason(reply),
    stop_sequence: null,
    usage: { cache_read_input_tokens: 0, input_tokens: reply.promptTokens, output_tokens: reply.completionTokens },
  };
}

export function anthropicStream({ id, model, reply }: MessageFacts): StreamDialect {
  let block = -1;
  let open = '';
  const begin = (kind: string, content: object): string => {
    const closing = open === '' ? '' : named({ type: 'content_block_stop', index: block });
    open = kind;
    block += 1;
    return closing + named({ type: 'content_block_start', index: block, content_block: content });
  };
  const delta = (content: object): string => named({ type: 'content_block_delta', index: block, delta: content });
  return {
    start: () =>
      named({
        type: 'message_start',
        message: {
          id,
          type: 'message',
          role: 'assistant',
          content: [],
          model,
          stop_reason: null,
          stop_sequence: null,
          usage: { cache_read_input_tokens: 0, input_tokens: reply.promptTokens, output_tokens: 0 },
        },
      }),
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
        named({
          type: 'message_delta',
          delta: { stop_reason: stopReason(reply), stop_sequence: null },
          usage: { output_tokens: reply.completionTokens },
        }) +
        named({ type: 'message_stop' }),
    ],
    fail: (message) => [named({ type: 'error', error: { type: 'api_error', message } })],
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

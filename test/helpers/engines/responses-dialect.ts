import { epochSeconds } from './ids';
import { argumentsText, callsOf, joinText, type FinishedReply } from './reply';
import { sse, type StreamDialect } from './stream-reply';

/** Facts of one answer of `POST /v1/responses` (OpenAI's Responses API), worded as llama-server does. */
interface ResponseFacts {
  readonly id: string;
  readonly model: string;
  readonly reply: FinishedReply;
}

export function responsesObject({ id, model, reply }: ResponseFacts): object {
  const now = epochSeconds();
  return {
    completed_at: now,
    created_at: now,
    id: `resp_${id}`,
    model,
    object: 'response',
    output: output(id, reply),
    status: 'completed',
    usage: usage(reply),
  };
}

/** Ends at `response.completed` (with `lastExtras`); there is no `[DONE]`. */
export function responsesStream({ id, model, reply }: ResponseFacts, lastExtras: object = {}): StreamDialect {
  const messageId = `msg_${id}`;
  const response = { id: `resp_${id}`, object: 'response', status: 'in_progress' };
  const item = { content: [], id: messageId, role: 'assistant', status: 'in_progress', type: 'message' };
  let isOpen = false;
  const openMessage = (): string => {
    if (isOpen) return '';
    isOpen = true;
    return (
      named({ type: 'response.output_item.added', item }) +
      named({ type: 'response.content_part.added', item_id: messageId, part: { type: 'output_text', text: '' } })
    );
  };
  return {
    start: () => named({ type: 'response.created', response }) + named({ type: 'response.in_progress', response }),
    piece: (piece) => {
      if (piece.kind === 'tool') {
        const call = functionCall(id, piece.index, piece.call.name, argumentsText(piece.call));
        return [
          named({ type: 'response.output_item.added', item: { ...call, arguments: '', status: 'in_progress' } }) +
            named({ type: 'response.function_call_arguments.delta', item_id: call.id, delta: call.arguments }) +
            named({ type: 'response.output_item.done', item: call }),
        ];
      }
      if (piece.kind === 'reasoning') {
        return [named({ type: 'response.reasoning_text.delta', item_id: `rs_${id}`, delta: piece.text })];
      }
      return [openMessage() + named({ type: 'response.output_text.delta', item_id: messageId, delta: piece.text })];
    },
    finish: () => {
      const text = joinText(reply, 'text');
      const part = { type: 'output_text', annotations: [], logprobs: [], text };
      const done = isOpen
        ? named({ type: 'response.output_text.done', item_id: messageId, text }) +
          named({ type: 'response.content_part.done', item_id: messageId, part }) +
          named({ type: 'response.output_item.done', item: messageItem(id, text) })
        : '';
      const completed = {
        id: response.id,
        object: response.object,
        created_at: epochSeconds(),
        status: 'completed',
        model,
        output: output(id, reply),
        usage: usage(reply),
      };
      return [done + named({ type: 'response.completed', response: completed, ...lastExtras })];
    },
    fail: (message) => [named({ type: 'error', code: 'server_error', message, param: null })],
  };
}

function output(id: string, reply: FinishedReply): object[] {
  const text = joinText(reply, 'text');
  return [
    ...(text === '' ? [] : [messageItem(id, text)]),
    ...callsOf(reply).map((call, index) => functionCall(id, index, call.name, argumentsText(call))),
  ];
}

function messageItem(id: string, text: string): object {
  return {
    type: 'message',
    status: 'completed',
    id: `msg_${id}`,
    content: [{ type: 'output_text', annotations: [], logprobs: [], text }],
    role: 'assistant',
  };
}

function functionCall(id: string, index: number, name: string, text: string) {
  return {
    type: 'function_call',
    status: 'completed',
    id: `fc_${id}${index}`,
    call_id: `call_${id}${index}`,
    name,
    arguments: text,
  };
}

function usage(reply: FinishedReply): object {
  return {
    input_tokens: reply.promptTokens,
    output_tokens: reply.completionTokens,
    total_tokens: reply.promptTokens + reply.completionTokens,
    input_tokens_details: { cached_tokens: 0 },
  };
}

function named(data: { readonly type: string; readonly [field: string]: unknown }): string {
  return sse(data, data.type);
}

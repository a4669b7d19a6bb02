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

/** Ends at `response.completed`; there is no `[DONE]`. */
export function responsesStream(
  { id, model, reply }: ResponseFacts,
  {
    lastExtras = {},
    hasNumbers = false,
  }: {
    /** More members of the last event. */
    readonly lastExtras?: object;
    /** Events say their number, and their place in the output: OpenAI, Ollama and LM Studio do, llama-server does not. */
    readonly hasNumbers?: boolean;
  } = {},
): StreamDialect {
  const messageId = `msg_${id}`;
  const response = { id: `resp_${id}`, object: 'response', status: 'in_progress' };
  const item = { content: [], id: messageId, role: 'assistant', status: 'in_progress', type: 'message' };
  let sequence = 0;
  let items = 0;
  let isOpen = false;
  let messageAt = 0;
  const event = (data: Parameters<typeof named>[0]): string =>
    named(hasNumbers ? { ...data, sequence_number: sequence++ } : data);
  const at = (index: number): object => (hasNumbers ? { output_index: index } : {});
  const inPart = (): object => (hasNumbers ? { ...at(messageAt), content_index: 0 } : {});
  const openMessage = (): string => {
    if (isOpen) return '';
    isOpen = true;
    messageAt = items++;
    const part = { type: 'output_text', text: '', ...(hasNumbers && { annotations: [] }) };
    return (
      event({ type: 'response.output_item.added', ...at(messageAt), item }) +
      event({ type: 'response.content_part.added', item_id: messageId, ...inPart(), part })
    );
  };
  const start = hasNumbers ? { ...response, created_at: epochSeconds(), model, output: [] } : response;
  return {
    start: () =>
      event({ type: 'response.created', response: start }) + event({ type: 'response.in_progress', response: start }),
    piece: (piece) => {
      if (piece.kind === 'tool') {
        const call = functionCall(id, piece.index, piece.call.name, argumentsText(piece.call));
        const place = at(items++);
        const begun = { ...call, arguments: '', status: 'in_progress' };
        const delta = { item_id: call.id, ...place, delta: call.arguments };
        return [
          event({ type: 'response.output_item.added', ...place, item: begun }) +
            event({ type: 'response.function_call_arguments.delta', ...delta }) +
            event({ type: 'response.output_item.done', ...place, item: call }),
        ];
      }
      if (piece.kind === 'reasoning') {
        if (hasNumbers) return [];
        return [event({ type: 'response.reasoning_text.delta', item_id: `rs_${id}`, delta: piece.text })];
      }
      const opening = openMessage();
      const delta = { item_id: messageId, ...inPart(), delta: piece.text };
      return [opening + event({ type: 'response.output_text.delta', ...delta })];
    },
    finish: () => {
      const text = joinText(reply, 'text');
      const part = { type: 'output_text', annotations: [], logprobs: [], text };
      const done = isOpen
        ? event({ type: 'response.output_text.done', item_id: messageId, ...inPart(), text }) +
          event({ type: 'response.content_part.done', item_id: messageId, ...inPart(), part }) +
          event({ type: 'response.output_item.done', ...at(messageAt), item: messageItem(id, text) })
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
      return [done + event({ type: 'response.completed', response: completed, ...lastExtras })];
    },
    fail: (message) => [event({ type: 'error', code: 'server_error', message, param: null })],
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

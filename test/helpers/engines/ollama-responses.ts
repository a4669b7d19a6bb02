import { epochSeconds } from './ids';
import { sendAnswer, sendError } from './ollama-errors';
import { prepare } from './ollama-openai';
import { streamHints } from './ollama-wire';
import type { OllamaHandler } from './ollama-state';
import { responsesPrompt, strangeTool, wantsStream, type JsonObject } from './openai-request';
import { argumentsText, callsOf, failureOf, joinText, type FinishedReply } from './reply';
import { generateWhole, sse, streamReply, type StreamDialect } from './stream-reply';

interface Facts {
  readonly id: string;
  readonly body: JsonObject;
  readonly reply: FinishedReply;
}

type Event = Readonly<Record<string, unknown>> & { readonly type: string };

/** `POST /v1/responses` of Ollama. */
export const responses: OllamaHandler = {
  methods: ['POST'],
  async handle(context) {
    const ready = await prepare(context, {
      prompt: responsesPrompt,
      problem: (body) => (strangeTool(body) === undefined ? undefined : 'Failed to parse tools: Unsupported tool type'),
      hasHints: true,
    });
    if (!ready) return;
    const { body, reply } = ready;
    const { exchange, simulator } = context;
    const facts = { id: String(context.state.ids.number(999_999)), body, reply };
    if (wantsStream(body)) {
      const headers = { ...streamHints, 'Content-Type': 'text/event-stream' };
      return streamReply(exchange, simulator, reply, stream(facts), { headers, flush: false });
    }
    if (!(await generateWhole(exchange, simulator, reply))) return;
    const failure = failureOf(reply);
    if (failure !== undefined) return sendError(context, 500, failure);
    await sendAnswer(exchange, response(facts, 'completed'));
  },
};

/** The whole answer, also of a prompt that ran into `max_output_tokens`: Ollama calls it completed. */
function response({ id, body, reply }: Facts, status: 'in_progress' | 'completed'): object {
  const isDone = status === 'completed';
  return {
    id: `resp_${id}`,
    object: 'response',
    created_at: epochSeconds(),
    completed_at: isDone ? epochSeconds() : null,
    status,
    incomplete_details: null,
    model: body['model'],
    previous_response_id: null,
    instructions: body['instructions'] ?? null,
    output: isDone ? [...messageItems(id, reply), ...callItems(id, reply)] : [],
    error: null,
    tools: body['tools'] ?? [],
    tool_choice: 'auto',
    truncation: 'disabled',
    parallel_tool_calls: true,
    text: { format: { type: 'text' } },
    top_p: body['top_p'] ?? 1,
    presence_penalty: 0,
    frequency_penalty: 0,
    top_logprobs: 0,
    temperature: body['temperature'] ?? 1,
    reasoning: null,
    usage: isDone ? usage(reply) : null,
    max_output_tokens: body['max_output_tokens'] ?? null,
    max_tool_calls: null,
    store: false,
    background: false,
    service_tier: 'default',
    metadata: {},
    safety_identifier: null,
    prompt_cache_key: null,
  };
}

function usage(reply: FinishedReply): object {
  return {
    input_tokens: reply.promptTokens,
    output_tokens: reply.completionTokens,
    total_tokens: reply.promptTokens + reply.completionTokens,
    input_tokens_details: { cached_tokens: 0 },
    output_tokens_details: { reasoning_tokens: 0 },
  };
}

function textPart(text: string): object {
  return { type: 'output_text', text, annotations: [], logprobs: [] };
}

function messageItems(id: string, reply: FinishedReply): object[] {
  const text = joinText(reply, 'text');
  if (text === '') return [];
  return [{ id: `msg_${id}`, type: 'message', status: 'completed', role: 'assistant', content: [textPart(text)] }];
}

function callItems(id: string, reply: FinishedReply): object[] {
  return callsOf(reply).map((call, index) => ({
    id: `fc_${id}_${index}`,
    type: 'function_call',
    status: 'completed',
    call_id: call.id ?? `call_${id}${index}`,
    name: call.name,
    arguments: argumentsText(call),
  }));
}

/** Events have their members in the order of the alphabet, as Go writes its maps. A failure only ends the stream. */
function stream(facts: Facts): StreamDialect {
  const { id, reply } = facts;
  const item_id = `msg_${id}`;
  let sequence = 0;
  let items = 0;
  let messageAt: number | undefined;
  const event = (data: Event): string => sse(alphabetical({ ...data, sequence_number: sequence++ }), data.type);
  const inPart = (): object => ({ content_index: 0, item_id, output_index: messageAt });
  const open = (): string => {
    if (messageAt !== undefined) return '';
    messageAt = items++;
    const item = { content: [], id: item_id, role: 'assistant', status: 'in_progress', type: 'message' };
    return (
      event({ type: 'response.output_item.added', output_index: messageAt, item }) +
      event({ type: 'response.content_part.added', ...inPart(), part: textPart('') })
    );
  };
  const close = (): string => {
    if (messageAt === undefined) return '';
    const text = joinText(reply, 'text');
    return (
      event({ type: 'response.output_text.done', ...inPart(), logprobs: [], text }) +
      event({ type: 'response.content_part.done', ...inPart(), part: textPart(text) }) +
      event({ type: 'response.output_item.done', output_index: messageAt, item: messageItems(id, reply)[0] })
    );
  };
  return {
    start: () =>
      event({ type: 'response.created', response: response(facts, 'in_progress') }) +
      event({ type: 'response.in_progress', response: response(facts, 'in_progress') }),
    piece: (piece) => {
      if (piece.kind === 'reasoning') return [];
      if (piece.kind === 'text') {
        return [open() + event({ type: 'response.output_text.delta', ...inPart(), delta: piece.text, logprobs: [] })];
      }
      const item = callItems(id, reply)[piece.index] as { readonly id: string; readonly arguments: string };
      const place = { output_index: items++ };
      const inItem = { ...place, item_id: item.id };
      return [
        event({
          type: 'response.output_item.added',
          ...place,
          item: { ...item, arguments: '', status: 'in_progress' },
        }) +
          event({ type: 'response.function_call_arguments.delta', ...inItem, delta: item.arguments }) +
          event({ type: 'response.function_call_arguments.done', ...inItem, arguments: item.arguments }) +
          event({ type: 'response.output_item.done', ...place, item }),
      ];
    },
    finish: () => [close() + event({ type: 'response.completed', response: response(facts, 'completed') })],
    fail: () => [],
  };
}

function alphabetical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(alphabetical);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, alphabetical(inner)]),
  );
}

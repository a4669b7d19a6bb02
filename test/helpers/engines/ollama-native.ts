import { embed, shorten } from './embeddings';
import { acquireModel, isRefusal, readBody, type OllamaContext, type OllamaHandler } from './ollama-state';
import { chatPrompt, completionPrompt, isObject, type JsonObject } from './openai-request';
import { argumentsText, callsOf, failureOf, joinText, type FinishedReply, type Prompt } from './reply';
import { generateWhole, streamReply, type StreamDialect } from './stream-reply';

const jsonType = { 'Content-Type': 'application/json; charset=utf-8' };
const ndjson = { 'Content-Type': 'application/x-ndjson' };

/** How one route words a piece and its final object. */
interface NativeShape {
  piece(kind: 'text' | 'reasoning', text: string): object;
  calls?(reply: FinishedReply): object;
  empty(): object;
}

const chatShape: NativeShape = {
  piece: (kind, text) => ({
    message:
      kind === 'text' ? { role: 'assistant', content: text } : { role: 'assistant', content: '', thinking: text },
  }),
  calls: (reply) => ({
    message: {
      role: 'assistant',
      content: '',
      tool_calls: callsOf(reply).map((call, index) => ({
        id: call.id ?? `call_${index}`,
        function: { index, name: call.name, arguments: JSON.parse(argumentsText(call)) as unknown },
      })),
    },
  }),
  empty: () => ({ message: { role: 'assistant', content: '' } }),
};

const generateShape: NativeShape = {
  piece: (kind, text) => (kind === 'text' ? { response: text } : { response: '', thinking: text }),
  empty: () => ({ response: '' }),
};

function sendError(context: OllamaContext, status: number, message: string, more: object = {}): void {
  context.exchange.sendJson(status, { error: message, ...more }, jsonType);
}

async function answer(
  context: OllamaContext,
  shape: NativeShape,
  readPrompt: (body: JsonObject) => Prompt,
): Promise<void> {
  const { exchange, simulator } = context;
  const body = readBody(exchange, (message) => sendError(context, 400, message));
  if (!body) return;
  const model = await acquireModel(context, body, { capability: 'completion', word: 'chat' });
  if (!model) return;
  if (isRefusal(model)) {
    sendError(
      context,
      model.status,
      model.message,
      model.signinUrl === undefined ? {} : { signin_url: model.signinUrl },
    );
    return;
  }
  const head = (): object => ({ model: body['model'], created_at: new Date().toISOString() });
  const isLoadOnly = Array.isArray(body['messages']) ? body['messages'].length === 0 : body['prompt'] === '';
  if (isLoadOnly) {
    const doneReason = body['keep_alive'] === 0 ? 'unload' : 'load';
    if (doneReason === 'unload')
      simulator.script({ loaded: (simulator.scripted.loaded ?? []).filter((name) => name !== model.name) });
    exchange.sendJson(200, { ...head(), ...shape.empty(), done: true, done_reason: doneReason }, jsonType);
    return;
  }
  const reply = simulator.plan(exchange, readPrompt(body));
  if (reply.pieces[0]?.kind === 'error') {
    sendError(context, 500, failureOf(reply) ?? '');
    return;
  }
  const last = { done: true, done_reason: reply.finishReason === 'length' ? 'length' : 'stop', ...counters(reply) };
  if (body['stream'] === false) {
    if (!(await generateWhole(exchange, simulator, reply))) return;
    const failure = failureOf(reply);
    if (failure !== undefined) {
      sendError(context, 500, failure);
      return;
    }
    exchange.sendJson(200, { ...head(), ...wholeAnswer(shape, reply), ...last }, jsonType);
    return;
  }
  let areCallsSent = false;
  const line = (content: object, done: object = { done: false }): string =>
    `${JSON.stringify({ ...head(), ...content, ...done })}\n`;
  const dialect: StreamDialect = {
    start: () => '',
    piece: (piece) => {
      if (piece.kind !== 'tool') return [line(shape.piece(piece.kind, piece.text))];
      if (areCallsSent || !shape.calls) return [];
      areCallsSent = true;
      return [line(shape.calls(reply))];
    },
    finish: () => [line(shape.empty(), last)],
    fail: (message) => [`${JSON.stringify({ error: message })}\n`],
  };
  return streamReply(exchange, simulator, reply, dialect, { headers: ndjson, flush: false });
}

function wholeAnswer(shape: NativeShape, reply: FinishedReply): object {
  const text = joinText(reply, 'text');
  const thinking = joinText(reply, 'reasoning');
  const whole = shape.piece('text', text) as Record<string, unknown>;
  const calls = callsOf(reply).length > 0 ? (shape.calls?.(reply) as Record<string, unknown> | undefined) : undefined;
  if (!isObject(whole['message'])) return thinking === '' ? whole : { ...whole, thinking };
  const called = isObject(calls?.['message']) ? { tool_calls: calls['message']['tool_calls'] } : {};
  return { message: { ...whole['message'], ...(thinking === '' ? {} : { thinking }), ...called } };
}

/** Durations are nanoseconds; Go leaves zero values out. */
function counters(reply: FinishedReply): object {
  return {
    total_duration: 4_883_583_458,
    load_duration: 1_334_875,
    ...(reply.promptTokens === 0 ? {} : { prompt_eval_count: reply.promptTokens, prompt_eval_duration: 342_546_000 }),
    ...(reply.completionTokens === 0 ? {} : { eval_count: reply.completionTokens, eval_duration: 4_535_599_000 }),
  };
}

function limitOf(body: JsonObject): JsonObject {
  return isObject(body['options']) ? { ...body, num_predict: body['options']['num_predict'] } : body;
}

async function embedAnswer(context: OllamaContext, field: 'input' | 'prompt'): Promise<void> {
  const { exchange, script } = context;
  const body = readBody(exchange, (message) => sendError(context, 400, message));
  if (!body) return;
  const value = body[field];
  const texts = typeof value === 'string' ? [value] : Array.isArray(value) ? (value as unknown[]) : undefined;
  if (texts?.every((text) => typeof text === 'string') !== true) {
    sendError(context, 400, 'invalid input type');
    return;
  }
  const model = await acquireModel(context, body, { capability: 'embedding', word: 'embeddings' });
  if (!model) return;
  if (isRefusal(model)) {
    sendError(context, model.status, model.message);
    return;
  }
  const length = script.embeddingLength ?? model.embeddingLength ?? 768;
  const { dimensions } = body;
  const vectors = texts.map((text) => embed(text, length));
  if (field === 'prompt') {
    exchange.sendJson(200, { embedding: vectors[0] ?? [] }, jsonType);
    return;
  }
  exchange.sendJson(
    200,
    {
      model: body['model'],
      embeddings: typeof dimensions === 'number' ? vectors.map((vector) => shorten(vector, dimensions)) : vectors,
      total_duration: 14_143_917,
      load_duration: 1_019_500,
      prompt_eval_count: texts.join(' ').split(/\s+/).length,
    },
    jsonType,
  );
}

export const ollamaNativeRoutes: Readonly<Record<string, OllamaHandler>> = {
  '/api/chat': {
    methods: ['POST'],
    handle: (context) => answer(context, chatShape, (body) => chatPrompt(limitOf(body), ['num_predict'])),
  },
  '/api/generate': {
    methods: ['POST'],
    handle: (context) => answer(context, generateShape, (body) => completionPrompt(limitOf(body), ['num_predict'])),
  },
  '/api/embed': { methods: ['POST'], handle: (context) => embedAnswer(context, 'input') },
  '/api/embeddings': { methods: ['POST'], handle: (context) => embedAnswer(context, 'prompt') },
};

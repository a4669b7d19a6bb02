import { embed, shorten } from './embeddings';
import { acquireModel, isRefusal, readNativeBody, type OllamaContext, type OllamaHandler } from './ollama-state';
import { sendGinJson } from './ollama-wire';
import { chatPrompt, completionPrompt, isObject, type JsonObject } from './openai-request';
import { argumentsText, callsOf, failureOf, joinText, type FinishedReply, type Prompt } from './reply';
import { generateWhole, streamReply, type StreamDialect } from './stream-reply';

const ndjson = { 'Content-Type': 'application/x-ndjson' };

/** How one route words a piece and its final object. */
interface NativeShape {
  piece(kind: 'text' | 'reasoning', text: string): object;
  calls?(reply: FinishedReply): object;
  empty(): object;
  /** What the last object carries for the next request. */
  state?(): object;
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
  state: () => ({ context: [1, 2, 3] }),
};

function sendError(context: OllamaContext, status: number, message: string, more: object = {}): Promise<void> {
  return sendGinJson(context.exchange, status, { error: message, ...more });
}

async function answer(
  context: OllamaContext,
  shape: NativeShape,
  readPrompt: (body: JsonObject) => Prompt,
): Promise<void> {
  const { exchange, simulator } = context;
  const body = readNativeBody(exchange);
  if (!body) return;
  const model = await acquireModel(context, body, {
    capability: 'completion',
    insert: typeof body['suffix'] === 'string' && body['suffix'] !== '',
  });
  if (!model) return;
  if (isRefusal(model)) {
    await sendError(
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
    await sendGinJson(exchange, 200, { ...head(), ...shape.empty(), done: true, done_reason: doneReason });
    return;
  }
  const reply = simulator.plan(exchange, readPrompt(body));
  if (reply.pieces[0]?.kind === 'error') {
    await sendError(context, 500, failureOf(reply) ?? '');
    return;
  }
  const last = {
    done: true,
    done_reason: reply.finishReason === 'length' ? 'length' : 'stop',
    ...shape.state?.(),
    ...counters(reply),
  };
  if (body['stream'] === false) {
    if (!(await generateWhole(exchange, simulator, reply))) return;
    const failure = failureOf(reply);
    if (failure !== undefined) {
      await sendError(context, 500, failure);
      return;
    }
    await sendGinJson(exchange, 200, { ...head(), ...wholeAnswer(shape, reply), ...last });
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
  const body = readNativeBody(exchange);
  if (!body) return;
  const value = body[field];
  const texts = typeof value === 'string' ? [value] : Array.isArray(value) ? (value as unknown[]) : undefined;
  if (texts?.every((text) => typeof text === 'string') !== true) {
    await sendError(context, 400, 'invalid input type');
    return;
  }
  const model = await acquireModel(context, body, { capability: 'embedding' });
  if (!model) return;
  if (isRefusal(model)) {
    await sendError(context, field === 'prompt' && model.status === 501 ? 500 : model.status, model.message);
    return;
  }
  const length = script.embeddingLength ?? model.embeddingLength ?? 768;
  const { dimensions } = body;
  const vectors = texts.map((text) => embed(text, length));
  if (field === 'prompt') {
    await sendGinJson(exchange, 200, { embedding: vectors[0] ?? [] });
    return;
  }
  await sendGinJson(exchange, 200, {
    model: body['model'],
    embeddings: typeof dimensions === 'number' ? vectors.map((vector) => shorten(vector, dimensions)) : vectors,
    total_duration: 14_143_917,
    load_duration: 1_019_500,
    prompt_eval_count: texts.join(' ').split(/\s+/).length,
  });
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

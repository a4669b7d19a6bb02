import { anthropicMessage, anthropicStream } from './anthropic-dialect';
import type { Exchange } from './exchange';
import type { IdSequence } from './ids';
import { hasLateSystem } from './late-system';
import {
  llamaChat,
  llamaChatStream,
  llamaCompletion,
  llamaCompletionStream,
  llamaNative,
  llamaNativeStream,
  llamaTimings,
  type LlamaAnswer,
} from './llama-server-chat';
import { jsonParseError, llamaJson, sendLlamaError } from './llama-server-errors';
import { isRouter, type LlamaServerScript } from './llama-server-models';
import { chooseRouterModel } from './llama-server-router';
import type { LlamaSlots } from './llama-server-slots';
import {
  chatPrompt,
  completionPrompt,
  isObject,
  mediaParts,
  responsesPrompt,
  textField,
  wantsStream,
  wantsUsage,
  type JsonObject,
} from './openai-request';
import { failureOf, type Prompt } from './reply';
import { responsesObject, responsesStream } from './responses-dialect';
import type { Simulator } from './simulator';
import { generateWhole, streamReply, type StreamDialect } from './stream-reply';

export interface LlamaContext {
  readonly exchange: Exchange;
  readonly simulator: Simulator<LlamaServerScript>;
  readonly script: Readonly<LlamaServerScript>;
  readonly ids: IdSequence;
  readonly slots: LlamaSlots;
}

const limits = ['n_predict', 'max_tokens', 'max_completion_tokens'];
const eventStream = { 'X-Accel-Buffering': 'no', 'Content-Type': 'text/event-stream' };

interface InferenceRoute {
  prompt(body: JsonObject): Prompt;
  /** A refusal: status and message. */
  check?(body: JsonObject, script: Readonly<LlamaServerScript>): readonly [number, string] | undefined;
  whole(answer: LlamaAnswer): object;
  stream(answer: LlamaAnswer, body: JsonObject): StreamDialect;
}

const routes: Readonly<Record<string, InferenceRoute>> = {
  chat: {
    prompt: (body) => chatPrompt(body, limits),
    check: checkChat,
    whole: llamaChat,
    stream: (answer, body) => llamaChatStream(answer, wantsUsage(body)),
  },
  completion: {
    prompt: (body) => completionPrompt(body, limits),
    check: (body) => (body['prompt'] === undefined ? [400, "'prompt' is required"] : undefined),
    whole: llamaCompletion,
    stream: llamaCompletionStream,
  },
  native: { prompt: (body) => completionPrompt(body, limits), whole: llamaNative, stream: llamaNativeStream },
  infill: {
    prompt: (body) => completionPrompt({ ...body, prompt: body['input_prefix'] }, limits),
    check: (body, script) =>
      script.hasInfill === true
        ? body['input_suffix'] === undefined
          ? [500, '"input_suffix" is required']
          : undefined
        : [
            501,
            'Infill is not supported by this model: prefix token is missing. suffix token is missing. middle token is missing. ',
          ],
    whole: llamaNative,
    stream: llamaNativeStream,
  },
  messages: {
    prompt: (body) => chatPrompt(body, limits),
    check: checkChat,
    whole: ({ ids, model, reply }) => anthropicMessage({ id: `chatcmpl-${ids.take(32)}`, model, reply }),
    stream: ({ ids, model, reply }) => anthropicStream({ id: `chatcmpl-${ids.take(32)}`, model, reply }),
  },
  responses: {
    prompt: responsesPrompt,
    check: (body) => (body['input'] === undefined ? [400, "'input' is required"] : undefined),
    whole: ({ ids, model, reply }) => responsesObject({ id: ids.take(32), model, reply }),
    stream: ({ ids, model, reply }) =>
      responsesStream({ id: ids.take(32), model, reply }, { lastExtras: { timings: llamaTimings(reply) } }),
  },
};

const paths: Readonly<Record<string, keyof typeof routes>> = {
  '/v1/chat/completions': 'chat',
  '/chat/completions': 'chat',
  '/v1/completions': 'completion',
  '/completion': 'native',
  '/completions': 'native',
  '/infill': 'infill',
  '/v1/messages': 'messages',
  '/v1/responses': 'responses',
};

/** Routes that let the model speak; undefined for any other path. */
export function inferenceRoute(path: string): ((context: LlamaContext) => Promise<void>) | undefined {
  const route = routes[paths[path] ?? ''];
  return route && ((context) => infer(context, route));
}

/** Parses the body; undefined after the error was answered. Anything but an object reads as an empty object. */
export function readLlamaBody(exchange: Exchange): JsonObject | undefined {
  const { text } = exchange.request;
  try {
    const body: unknown = JSON.parse(text);
    return isObject(body) ? body : {};
  } catch {
    sendLlamaError(exchange, 500, jsonParseError(text));
    return undefined;
  }
}

async function infer(context: LlamaContext, route: InferenceRoute): Promise<void> {
  const { exchange, simulator, script, slots } = context;
  const body = readLlamaBody(exchange);
  if (!body) return;
  const model = isRouter(script) ? await chooseRouterModel(context, body['model']) : script.model;
  if (!model) return;
  if (script.isEmbeddingServer === true) {
    sendLlamaError(exchange, 500, 'the current context does not logits computation. skipping');
    return;
  }
  const problem = route.check?.(body, script);
  if (problem) {
    sendLlamaError(exchange, ...problem);
    return;
  }
  const prompt = route.prompt(body);
  const reply = simulator.plan(exchange, prompt);
  const contextLength = model.contextLength ?? 8192;
  if (reply.promptTokens > contextLength) {
    sendLlamaError(
      exchange,
      400,
      `request (${reply.promptTokens} tokens) exceeds the available context size (${contextLength} tokens), try increasing it`,
      { type: 'exceed_context_size_error', n_prompt_tokens: reply.promptTokens, n_ctx: contextLength },
    );
    return;
  }
  const isStream = wantsStream(body);
  const slot = await slots.acquire(script, isStream, exchange.signal);
  if (slot === undefined) return;
  const leave = watchClient(context, slot, isStream);
  try {
    if (reply.pieces[0]?.kind === 'error') {
      sendLlamaError(exchange, 500, failureOf(reply) ?? '');
      return;
    }
    const answer: LlamaAnswer = { ids: context.ids, model: model.id, reply, script };
    if (isStream) {
      const pingMs = script.pingMs ?? 30_000;
      await streamReply(exchange, simulator, reply, route.stream(answer, body), {
        headers: isRouter(script) ? { Connection: 'close', ...eventStream } : eventStream,
        flush: script.hasLateHeaders !== true,
        signal: leave.signal,
        ...(pingMs > 0 ? { ping: { everyMs: pingMs, text: ':\n\n' } } : {}),
      });
    } else if (await generateWhole(exchange, simulator, reply, leave.signal)) {
      const failure = failureOf(reply);
      if (failure === undefined) await sendWhole(context, route.whole(answer));
      else sendLlamaError(exchange, 500, failure);
    }
  } finally {
    leave.done();
    slots.release(slot);
  }
}

/** A router hands on its child's answer in chunks, and says both `Connection: close` and `Keep-Alive` (recorded). */
async function sendWhole({ exchange, script }: LlamaContext, answer: object): Promise<void> {
  if (!isRouter(script)) {
    exchange.sendJson(200, answer, llamaJson);
    return;
  }
  const headers = { Connection: 'close', 'X-Accel-Buffering': 'no', ...llamaJson };
  const writer = exchange.startBody(200, headers, script.wire ?? {});
  await writer.write(JSON.stringify(answer));
  await writer.end();
}

/** Polls for the client as the real server does, so that the work ends some time after the connection. */
function watchClient({ exchange, script, slots }: LlamaContext, slot: number, isStream: boolean) {
  const abort = new AbortController();
  const timer = setInterval(() => {
    if (!exchange.signal.aborted) return;
    const isOrphan = script.orphansWholeAnswers === true && !isStream && slots.streamsBesides(slot);
    if (!isOrphan || exchange.isStopped) abort.abort();
  }, script.abortPollMs ?? 1000);
  exchange.onStop(() => abort.abort());
  return { signal: abort.signal, done: () => clearInterval(timer) };
}

function checkChat(body: JsonObject, script: Readonly<LlamaServerScript>): readonly [number, string] | undefined {
  const { messages } = body;
  if (messages === undefined) return [400, "'messages' is required"];
  if (!Array.isArray(messages)) return [400, "Expected 'messages' to be an array"];
  if (hasLateSystem(body)) {
    return [
      400,
      'Unable to generate parser for this template. Automatic parser generation failed: Jinja Exception: System message must be at the beginning.',
    ];
  }
  const media = mediaParts(messages).map((part) => part['type']);
  if (media.includes('image_url') && script.model.hasVision !== true) {
    return [500, 'image input is not supported - hint: if this is unexpected, you may need to provide the mmproj'];
  }
  const format = isObject(body['response_format']) ? textField(body['response_format'], 'type') : undefined;
  if (format !== undefined && !['text', 'json_object', 'json_schema'].includes(format)) {
    return [400, `response_format type must be one of "text" or "json_object", but got: ${format}`];
  }
  return undefined;
}

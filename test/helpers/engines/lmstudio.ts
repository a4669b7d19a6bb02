import { anthropicMessage, anthropicStream } from './anthropic-dialect';
import { embed } from './embeddings';
import type { Exchange } from './exchange';
import { IdSequence } from './ids';
import { hasLateSystem } from './late-system';
import {
  defaultLmStudioModels,
  openAiList,
  v0Entry,
  v1Entry,
  type LmStudioModel,
  type LmStudioScript,
} from './lmstudio-models';
import {
  openAiChat,
  openAiChatStream,
  openAiCompletion,
  openAiCompletionStream,
  type OpenAiDialect,
} from './openai-dialect';
import { runJob } from './openai-inference';
import {
  chatPrompt,
  completionPrompt,
  isObject,
  responsesPrompt,
  strangeTool,
  wantsStream,
  wantsUsage,
  type JsonObject,
} from './openai-request';
import type { FinishedReply, Prompt } from './reply';
import { responsesObject, responsesStream } from './responses-dialect';
import { startSimulator, type EngineBehaviour, type ListenOptions, type Simulator } from './simulator';
import { sse } from './stream-reply';

export type LmStudioSimulator = Simulator<LmStudioScript>;

interface Context {
  readonly exchange: Exchange;
  readonly simulator: LmStudioSimulator;
  readonly script: Readonly<LmStudioScript>;
  readonly ids: IdSequence;
}

const json = { 'Content-Type': 'application/json; charset=utf-8' };

function dialect(script: Readonly<LmStudioScript>, model: string): OpenAiDialect {
  return {
    reasoningField: script.reasoningField ?? 'think-tags',
    repeatsRole: true,
    hasRoleChunk: false,
    hasFinishChunk: true,
    choiceExtras: { logprobs: null },
    chunkExtras: { system_fingerprint: model },
    messageExtras: {},
    wholeChoiceExtras: {},
    wholeExtras: { stats: {}, system_fingerprint: model },
    usageExtras: {},
    repeatsEmptyName: script.repeatsEmptyName === true,
    fail: (message) => [errorEvent(script, message)],
  };
}

/** An error inside a stream: the text twice, no type, no code. */
function errorEvent(script: Readonly<LmStudioScript>, message: string): string {
  return sse({ error: { message }, message }, script.namesErrorEvents === true ? 'error' : undefined);
}

function sendStringError({ exchange }: Context, status: number, message: string): void {
  exchange.sendJson(status, { error: message }, json);
}

/** Any route or method LM Studio does not know: 200, and an error as body. */
function sendUnexpected({ exchange }: Context): void {
  const { method, path } = exchange.request;
  exchange.sendJson(200, { error: `Unexpected endpoint or method. (${method} ${path})` }, json);
}

function readBody(context: Context): JsonObject | undefined {
  try {
    const body = context.exchange.request.json;
    if (isObject(body)) return body;
  } catch {
    // Falls through: neither is an object.
  }
  sendStringError(context, 400, 'Invalid JSON in request body');
  return undefined;
}

/** The model a request means, marked as loaded; undefined after the refusal. */
function chooseModel(context: Context, name: unknown): LmStudioModel | undefined {
  const { script, exchange, simulator } = context;
  const loaded = script.models.filter((model) => model.isLoaded === true);
  const known = script.models.find((model) => model.id === name);
  const model = known ?? (script.servesAnyName === true && loaded.length === 1 ? loaded[0] : undefined);
  if (model?.isLoaded !== true && script.hasJit === false && loaded.length === 0) {
    exchange.sendJson(
      404,
      {
        error: {
          message: 'No models loaded. Please load a model in the developer page or use the `lms load` command.',
          type: 'invalid_request_error',
          param: 'model',
          code: 'model_not_found',
        },
      },
      json,
    );
    return undefined;
  }
  if (!model) {
    const names = script.models.map(({ id }) => id).join('\n');
    const message = `Model "${String(name)}" not found. Please specify a valid model.\n\nYour models:\n\n${names}`;
    exchange.sendJson(
      404,
      { error: { message, type: 'invalid_request_error', param: 'model', code: 'model_not_found' } },
      json,
    );
    return undefined;
  }
  if (model.isLoaded !== true) {
    simulator.script({
      models: script.models.map((other) => (other.id === model.id ? { ...other, isLoaded: true } : other)),
    });
  }
  return model;
}

function checkChat(body: JsonObject): string | undefined {
  if (!Array.isArray(body['messages'])) return "'messages' field is required";
  if (hasLateSystem(body))
    return 'Error rendering prompt with jinja template: "System message must be at the beginning."';
  if (isObject(body['tool_choice'])) {
    return "Invalid tool_choice type: 'object'. Supported string values: none, auto, required";
  }
  const format = isObject(body['response_format']) ? body['response_format']['type'] : undefined;
  if (format !== undefined && format !== 'json_schema' && format !== 'text') {
    return "'response_format.type' must be 'json_schema' or 'text'";
  }
  return undefined;
}

type Kind = 'chat' | 'completion' | 'messages' | 'responses';

async function inference(context: Context, kind: Kind, more: object = {}): Promise<void> {
  const { exchange, simulator, script, ids } = context;
  const body = readBody(context);
  if (!body) return;
  const strange = kind === 'responses' ? strangeTool(body) : undefined;
  if (strange !== undefined) {
    const error = { message: 'Invalid', type: 'invalid_request_error', param: `tools.${strange}.type` };
    exchange.sendJson(400, { error: { ...error, code: 'invalid_string' } }, json);
    return;
  }
  const problem = kind === 'chat' ? checkChat(body) : undefined;
  if (problem !== undefined) {
    sendStringError(context, 400, problem);
    return;
  }
  const wasLoaded = script.models.some((model) => model.id === body['model'] && model.isLoaded === true);
  const model = chooseModel(context, body['model']);
  if (!model) return;
  const prompt: Prompt =
    kind === 'completion'
      ? completionPrompt(body, ['max_tokens'])
      : kind === 'responses'
        ? responsesPrompt(body)
        : chatPrompt(body, ['max_tokens']);
  const planned = simulator.plan(exchange, prompt);
  const limit = model.contextLoaded ?? 4096;
  const onOverflow = planned.promptTokens > limit ? (script.onOverflow ?? 'error') : undefined;
  const overflow = `Trying to keep the first ${planned.promptTokens} tokens when context the overflows. However, the model is loaded with context length of only ${limit} tokens, which is not enough. Try to load the model with a larger context length, or provide a shorter input`;
  if (onOverflow === 'error') {
    sendStringError(context, 400, overflow);
    return;
  }
  const id = `chatcmpl-${ids.take(22).toLowerCase()}`;
  const words = dialect(script, model.id);
  const wish = { atEnd: wantsUsage(body), inEveryChunk: false };
  const answer = (reply: FinishedReply) => ({
    id,
    model: model.id,
    reply,
    callId: (call: { readonly id?: string }) => call.id ?? String(100_000_000 + ids.number(800_000_000)),
  });
  return runJob(exchange, simulator, {
    prompt,
    isStream: wantsStream(body),
    flush: script.hasEarlyHeaders !== false,
    needsLoad: !wasLoaded,
    streamHeaders: { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-cache' },
    ...(onOverflow === undefined ? {} : { reply: overflowed(planned, onOverflow, overflow) }),
    whole: (reply) => {
      if (kind === 'messages') return anthropicMessage(answer(reply));
      if (kind === 'responses') return responsesObject({ ...answer(reply), id: ids.take(48).toLowerCase() });
      return { ...(kind === 'chat' ? openAiChat : openAiCompletion)(words, answer(reply)), ...more };
    },
    stream: (reply) => {
      if (kind === 'messages') return anthropicStream(answer(reply));
      if (kind === 'responses')
        return responsesStream({ ...answer(reply), id: ids.take(48).toLowerCase() }, { hasNumbers: true });
      return (kind === 'chat' ? openAiChatStream : openAiCompletionStream)(words, answer(reply), wish);
    },
    sendFailure: (message) => sendStringError(context, 400, message),
  });
}

/** What is left of a reply when the prompt did not fit: an error, or a well-formed answer without content. */
function overflowed(reply: FinishedReply, how: 'stream-error' | 'empty-stream', message: string): FinishedReply {
  if (how === 'stream-error') return { ...reply, pieces: [{ kind: 'error', message }] };
  return { ...reply, pieces: [], finishReason: 'stop', completionTokens: 0 };
}

function embeddings(context: Context): void {
  const body = readBody(context);
  if (!body) return;
  const { input } = body;
  const texts = typeof input === 'string' ? [input] : Array.isArray(input) ? (input as unknown[]) : [undefined];
  if (!texts.every((text) => typeof text === 'string')) {
    sendStringError(context, 400, "'input' field must be a string or an array of strings");
    return;
  }
  const model = chooseModel(context, body['model']);
  if (!model) return;
  const length = context.script.embeddingLength ?? 768;
  // `encoding_format` is not looked at: floats in any case.
  context.exchange.sendJson(
    200,
    {
      object: 'list',
      data: texts.map((text, index) => ({ object: 'embedding', embedding: embed(text, length), index })),
      model: model.id,
      usage: { prompt_tokens: 0, total_tokens: 0 },
    },
    json,
  );
}

function loadModel(context: Context): void {
  const body = readBody(context);
  if (!body) return;
  const model = chooseModel(context, body['model']);
  if (!model) return;
  const type = model.type === 'embeddings' ? 'embedding' : 'llm';
  context.exchange.sendJson(200, { type, instance_id: model.id, load_time_seconds: 0.5, status: 'loaded' }, json);
}

function unloadModel(context: Context): void {
  const body = readBody(context);
  if (!body) return;
  const id = body['instance_id'];
  const models = context.script.models.map((model) => (model.id === id ? { ...model, isLoaded: false } : model));
  context.simulator.script({ models });
  context.exchange.sendJson(200, { instance_id: id }, json);
}

const stats = {
  stats: { tokens_per_second: 51.4, time_to_first_token: 0.111, generation_time: 0.954, stop_reason: 'eosFound' },
  model_info: { arch: 'llama', quant: 'Q4_K_M', format: 'gguf', context_length: 4096 },
  runtime: { name: 'llama.cpp-linux-x86_64', version: '1.3.0', supported_formats: ['gguf'] },
};

type Route = (context: Context) => Promise<void> | void;

const openAiRoutes: Readonly<Record<string, Route>> = {
  'POST /v1/chat/completions': (context) => inference(context, 'chat'),
  'POST /v1/completions': (context) => inference(context, 'completion'),
  'POST /v1/messages': (context) => inference(context, 'messages'),
  'POST /v1/responses': (context) => inference(context, 'responses'),
  'POST /v1/embeddings': embeddings,
  'GET /v1/models': (context) => {
    if (context.script.hasBrokenModelList === true) sendUnexpected(context);
    else context.exchange.sendJson(200, openAiList(context.script), json);
  },
};

const apiV0Routes: Readonly<Record<string, Route>> = {
  'GET /api/v0/models': ({ exchange, script }) =>
    exchange.sendJson(200, { object: 'list', data: script.models.map(v0Entry) }, json),
  'POST /api/v0/chat/completions': (context) => inference(context, 'chat', stats),
};

const apiV1Routes: Readonly<Record<string, Route>> = {
  'GET /api/v1/models': ({ exchange, script }) => exchange.sendJson(200, { models: script.models.map(v1Entry) }, json),
  'POST /api/v1/models/load': loadModel,
  'POST /api/v1/models/unload': unloadModel,
};

function findRoute({ exchange, script }: Context): Route | undefined {
  const { method, path } = exchange.request;
  const key = `${method} ${path}`;
  if (key === 'GET /lmstudio-greeting') return (context) => context.exchange.sendJson(200, { lmstudio: true }, json);
  if (script.isInternalPort === true) return undefined;
  const one = method === 'GET' ? /^\/api\/v0\/models\/(.+)$/.exec(path)?.[1] : undefined;
  const model = script.models.find(({ id }) => one !== undefined && id === decodeURIComponent(one));
  if (model && script.hasApiV0 !== false) return (context) => context.exchange.sendJson(200, v0Entry(model), json);
  return (
    openAiRoutes[key] ??
    (script.hasApiV0 === false ? undefined : apiV0Routes[key]) ??
    (script.hasApiV1 === false ? undefined : apiV1Routes[key])
  );
}

function hasToken({ exchange, script }: Context): boolean {
  if (script.apiKey === undefined || exchange.request.path === '/lmstudio-greeting') return true;
  const { authorization, 'x-api-key': header } = exchange.request.headers;
  const given = authorization?.replace(/^Bearer /, '') ?? header;
  if (given === script.apiKey) return true;
  const message =
    given === undefined
      ? 'An LM Studio API token is required to make requests to this server.'
      : 'Malformed LM Studio API token provided.';
  exchange.sendJson(
    401,
    { error: { message, type: 'invalid_request_error', param: null, code: 'invalid_api_key' } },
    json,
  );
  return false;
}

function behaviour(): EngineBehaviour<LmStudioScript> {
  const ids = new IdSequence();
  return {
    headers: () => ({ 'X-Powered-By': 'Express' }),
    sendsDate: true,
    connectionHeaders: 'node',
    keepAliveMs: 5000,
    maxRequestsPerConnection: 0,
    handle(exchange, simulator) {
      const context: Context = { exchange, simulator, script: simulator.scripted, ids };
      const route = findRoute(context);
      if (!route) {
        sendUnexpected(context);
        return;
      }
      if (!hasToken(context)) return;
      return route(context);
    },
  };
}

/** A simulated LM Studio (shapes of 0.4). */
export function startLmStudio(options: Partial<LmStudioScript> & ListenOptions = {}): Promise<LmStudioSimulator> {
  const { host, port, ...script } = options;
  return startSimulator(
    behaviour(),
    { models: defaultLmStudioModels, ...script },
    { ...(host === undefined ? {} : { host }), ...(port === undefined ? {} : { port }) },
  );
}

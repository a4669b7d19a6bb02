import { IdSequence } from './ids';
import { llamaJson, sendLlamaError, sendLlamaHttpError } from './llama-server-errors';
import { inferenceRoute, readLlamaBody, type LlamaContext } from './llama-server-inference';
import {
  defaultLlamaModel,
  isRouter,
  modelList,
  props,
  routerList,
  type LlamaServerScript,
} from './llama-server-models';
import { setRouterState } from './llama-server-router';
import { llamaEmbeddings, llamaRerank } from './llama-server-vectors';
import { LlamaSlots } from './llama-server-slots';
import { chatPrompt, textField } from './openai-request';
import { tokenize } from './reply';
import { startSimulator, type EngineBehaviour, type ListenOptions, type Simulator } from './simulator';

export type LlamaServerSimulator = Simulator<LlamaServerScript>;

type Route = (context: LlamaContext) => Promise<void> | void;

const models: Route = ({ exchange, script }) =>
  exchange.sendJson(200, script.router ? routerList(script.router) : modelList(script), llamaJson);
const health: Route = ({ exchange }) => exchange.sendJson(200, { status: 'ok' }, llamaJson);

const routes: Readonly<Record<string, Route>> = {
  'GET /health': health,
  'GET /v1/health': health,
  'GET /v1/models': models,
  'GET /models': models,
  'GET /props': ({ exchange, script }) => exchange.sendJson(200, props(script), llamaJson),
  'GET /lora-adapters': ({ exchange }) => exchange.sendJson(200, [], llamaJson),
  'GET /': ({ exchange, script }) => {
    if (script.hasUi !== true) {
      sendLlamaHttpError(exchange, 404, 'File Not Found');
      return;
    }
    if (!/gzip/.test(exchange.request.headers['accept-encoding'] ?? '')) {
      exchange.sendText(415, 'Error: gzip is not supported by this browser', { 'Content-Type': 'text/plain' });
      return;
    }
    exchange.sendText(200, '<!doctype html><title>llama.cpp</title>', {
      'Content-Type': 'text/html; charset=utf-8',
    });
  },
  'GET /slots': ({ exchange, script, slots }) => {
    if (script.hasSlots === false) {
      sendLlamaError(exchange, 501, 'This server does not support slots endpoint. Start it with `--slots`');
      return;
    }
    const isFull = slots.busyCount >= (script.slots ?? 2);
    if (isFull && exchange.request.query.has('fail_on_no_slot')) {
      sendLlamaError(exchange, 503, 'no slot available');
      return;
    }
    exchange.sendJson(200, slots.describe(script), llamaJson);
  },
  'GET /metrics': ({ exchange, script, slots }) => {
    if (script.hasMetrics !== true) {
      sendLlamaError(exchange, 501, 'This server does not support metrics endpoint. Start it with `--metrics`');
      return;
    }
    exchange.sendText(200, metrics(slots), {
      'Process-Start-Time-Unix': '2079687506',
      'Content-Type': 'text/plain; version=0.0.4',
    });
  },
  'POST /tokenize': ({ exchange }) => {
    const body = readLlamaBody(exchange);
    if (body)
      exchange.sendJson(200, { tokens: tokenize(textField(body, 'content')).map((_, index) => index + 1) }, llamaJson);
  },
  'POST /v1/embeddings': llamaEmbeddings,
  'POST /embeddings': llamaEmbeddings,
  'POST /v1/rerank': llamaRerank,
  'POST /rerank': llamaRerank,
  'POST /v1/messages/count_tokens': ({ exchange }) => {
    const body = readLlamaBody(exchange);
    if (body) exchange.sendJson(200, { input_tokens: tokenize(chatPrompt(body, []).text).length }, llamaJson);
  },
  'GET /api/tags': ollamaLookAlike,
  'POST /api/show': ollamaLookAlike,
  'POST /models/load': (context) => routerCommand(context, 'loaded'),
  'POST /models/unload': (context) => routerCommand(context, 'unloaded'),
};

function ollamaLookAlike({ exchange, script }: LlamaContext): void {
  if (script.looksLikeOllama !== true) {
    sendLlamaHttpError(exchange, 404, 'File Not Found');
    return;
  }
  const { models: list } = modelList(script) as { models: unknown };
  exchange.sendJson(
    200,
    exchange.request.path === '/api/tags' ? { models: list } : { details: {}, model_info: {} },
    llamaJson,
  );
}

async function routerCommand(context: LlamaContext, state: 'loaded' | 'unloaded'): Promise<void> {
  const { exchange, script } = context;
  if (!isRouter(script)) {
    sendLlamaHttpError(exchange, 404, 'File Not Found');
    return;
  }
  const body = readLlamaBody(exchange);
  if (!body) return;
  const row = script.router?.find(({ id }) => id === body['model']);
  if (!row) {
    sendLlamaError(exchange, 404, `model '${String(body['model'])}' not found`);
    return;
  }
  if (state === 'loaded' && row.state === 'loaded') {
    sendLlamaError(exchange, 400, 'model is already running');
    return;
  }
  setRouterState(context, row.id, state);
  exchange.sendJson(200, { success: true }, llamaJson);
}

const counters = [
  ...['prompt_tokens_total', 'prompt_tokens_cached_total', 'prompt_seconds_total', 'tokens_predicted_total'],
  ...['tokens_predicted_seconds_total', 'n_decode_total', 'n_tokens_max'],
];

function metrics(slots: LlamaSlots): string {
  const gauges = {
    prompt_tokens_seconds: 0,
    predicted_tokens_seconds: 0,
    requests_processing: slots.busyCount,
    requests_deferred: slots.queued,
    n_busy_slots_per_decode: slots.busyCount,
  };
  const line = (name: string, type: string, value: number): string =>
    `# HELP llamacpp:${name} .\n# TYPE llamacpp:${name} ${type}\nllamacpp:${name} ${value}\n`;
  return [
    ...counters.map((name) => line(name, 'counter', 0)),
    ...Object.entries(gauges).map(([name, value]) => line(name, 'gauge', value)),
  ].join('');
}

const alwaysOpen = new Set(['/health', '/v1/health']);

function hasKey(context: LlamaContext): boolean {
  const { script, exchange } = context;
  if (script.apiKey === undefined || alwaysOpen.has(exchange.request.path)) return true;
  if (script.hasOpenModels === true && ['/v1/models', '/models', '/'].includes(exchange.request.path)) return true;
  const { authorization, 'x-api-key': header } = exchange.request.headers;
  return authorization === `Bearer ${script.apiKey}` || header === script.apiKey;
}

function behaviour(): EngineBehaviour<LlamaServerScript> {
  const ids = new IdSequence();
  const slots = new LlamaSlots();
  return {
    headers: (exchange, status) => ({
      Server: 'llama.cpp',
      'Access-Control-Allow-Origin': exchange.request.headers.origin ?? '',
      // cpp-httplib closes after every answer that is no success.
      ...(status >= 400 || exchange.request.headers.connection === 'close'
        ? { Connection: 'close' }
        : { 'Keep-Alive': 'timeout=5, max=100' }),
      ...(exchange.request.method === 'HEAD' ? { 'Accept-Ranges': 'bytes' } : {}),
    }),
    sendsDate: false,
    connectionHeaders: 'none',
    keepAliveMs: 5000,
    maxRequestsPerConnection: 100,
    async handle(exchange, simulator) {
      const script = simulator.scripted;
      const context: LlamaContext = { exchange, simulator, script, ids, slots };
      const { path, headers } = exchange.request;
      const method = exchange.request.method === 'HEAD' ? 'GET' : exchange.request.method;
      if (method === 'OPTIONS') {
        exchange.sendText(200, '', {
          'Access-Control-Allow-Credentials': 'true',
          'Access-Control-Allow-Methods': 'GET, POST, DELETE, OPTIONS',
          'Access-Control-Allow-Headers': '*',
          'Content-Type': 'text/html',
          ...(headers.origin === undefined ? {} : { 'Access-Control-Allow-Origin': headers.origin }),
        });
        return;
      }
      // Before the key is looked at, as in the real server.
      if (script.isLoading === true) {
        sendLlamaHttpError(exchange, 503, 'Loading model');
        return;
      }
      if (!hasKey(context)) {
        sendLlamaHttpError(exchange, 401, 'Invalid API Key');
        return;
      }
      const route = routes[`${method} ${path}`] ?? (method === 'POST' ? inferenceRoute(path) : undefined);
      if (!route) {
        sendLlamaHttpError(exchange, 404, 'File Not Found');
        return;
      }
      return route(context);
    },
  };
}

/** A simulated llama-server: one model, or with `router` many. */
export function startLlamaServer(
  options: Partial<LlamaServerScript> & ListenOptions = {},
): Promise<LlamaServerSimulator> {
  const { host, port, ...script } = options;
  return startSimulator(
    behaviour(),
    { model: defaultLlamaModel, ...script },
    { ...(host === undefined ? {} : { host }), ...(port === undefined ? {} : { port }) },
  );
}

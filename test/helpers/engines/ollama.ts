import { messages } from './ollama-messages';
import { ollamaNativeRoutes } from './ollama-native';
import { ollamaOpenAiRoutes } from './ollama-openai';
import { responses } from './ollama-responses';
import { isAllowed } from './ollama-access';
import type { Exchange } from './exchange';
import {
  defaultOllamaModels,
  findModel,
  psEntry,
  showAnswer,
  taggedName,
  tagsEntry,
  type OllamaScript,
} from './ollama-models';
import { loadedModels, OllamaState, readNativeBody, type OllamaHandler } from './ollama-state';
import { sendGinJson } from './ollama-wire';
import { startSimulator, type EngineBehaviour, type ListenOptions, type Simulator } from './simulator';

export type OllamaSimulator = Simulator<OllamaScript>;

const listingRoutes: Readonly<Record<string, OllamaHandler>> = {
  '/': {
    methods: ['HEAD', 'GET'],
    handle: ({ exchange }) =>
      exchange.sendText(200, 'Ollama is running', { 'Content-Type': 'text/plain; charset=utf-8' }),
  },
  '/api/version': {
    methods: ['HEAD', 'GET'],
    handle: ({ exchange, script }) => sendGinJson(exchange, 200, { version: script.version ?? '0.32.15' }),
  },
  '/api/status': {
    methods: ['GET'],
    handle: ({ exchange }) => sendGinJson(exchange, 200, { cloud: { disabled: false, source: 'none' } }),
  },
  '/api/tags': {
    methods: ['HEAD', 'GET'],
    handle: ({ exchange, script }) =>
      sendGinJson(exchange, 200, {
        models: script.models.map((model) => tagsEntry(model, script.hasLegacyTags === true)),
      }),
  },
  '/api/ps': {
    methods: ['GET'],
    handle: ({ exchange, script }) => {
      const models = loadedModels(script).flatMap((loaded) => {
        const model = findModel(script, loaded.name);
        return model ? [psEntry(model, loaded)] : [];
      });
      return sendGinJson(exchange, 200, { models });
    },
  },
  '/api/show': {
    methods: ['POST'],
    handle: ({ exchange, script }) => {
      const body = readNativeBody(exchange);
      if (!body) return;
      const name = body['model'] ?? body['name'];
      if (typeof name !== 'string' || name === '') return sendGinJson(exchange, 400, { error: 'model is required' });
      const model = findModel(script, name);
      if (model) return sendGinJson(exchange, 200, showAnswer(model));
      return sendGinJson(exchange, 404, { error: `model '${taggedName(name)}' not found` });
    },
  },
};

const routes: Readonly<Record<string, OllamaHandler>> = {
  ...listingRoutes,
  ...ollamaNativeRoutes,
  ...ollamaOpenAiRoutes,
  '/v1/messages': messages,
  '/v1/responses': responses,
};

function behaviour(): EngineBehaviour<OllamaScript> {
  const state = new OllamaState();
  return {
    headers: ({ request }): Readonly<Record<string, string>> =>
      request.headers.connection === 'close' ? { Connection: 'close' } : {},
    sendsDate: true,
    connectionHeaders: 'none',
    // Go's http.Server without timeouts keeps idle connections for ever.
    keepAliveMs: 0,
    maxRequestsPerConnection: 0,
    handle: (exchange, simulator) => {
      const script = simulator.scripted;
      const { path, method, headers } = exchange.request;
      const modelId = /^\/v1\/models\/([^/]+)$/.exec(path)?.[1];
      const route = routes[modelId === undefined ? path : '/v1/models/:model'];
      // gin finds out that a method is not allowed before its middleware runs.
      if (route && !route.methods.includes(method)) exchange.res.setHeader('Allow', route.methods.join(', '));
      if (!isAllowed(exchange, script)) {
        exchange.sendText(403, '');
        return;
      }
      if (headers.origin !== undefined) {
        if (method === 'OPTIONS') {
          sendPreflight(exchange, headers.origin);
          return;
        }
        exchange.res.setHeader('Access-Control-Allow-Origin', headers.origin);
        exchange.res.setHeader('Vary', 'Origin');
      }
      if (!route) {
        sendPlain(404, '404 page not found');
        return;
      }
      if (!route.methods.includes(method)) {
        sendPlain(405, '405 method not allowed');
        return;
      }
      return route.handle({ exchange, simulator, script, state, parameter: decodeURIComponent(modelId ?? '') });

      function sendPlain(status: number, text: string): void {
        exchange.sendText(status, text, { 'Content-Type': 'text/plain' });
      }
    },
  };
}

const allowedHeaders =
  'Authorization,Content-Type,User-Agent,Accept,X-Requested-With,Openai-Beta,X-Stainless-Arch,X-Stainless-Async,X-Stainless-Custom-Poll-Interval,X-Stainless-Helper-Method,X-Stainless-Lang,X-Stainless-Os,X-Stainless-Package-Version,X-Stainless-Poll-Helper,X-Stainless-Retry-Count,X-Stainless-Runtime,X-Stainless-Runtime-Version,X-Stainless-Timeout';

function sendPreflight({ res }: Exchange, origin: string): void {
  res.statusCode = 204;
  res.setHeader('Access-Control-Allow-Headers', allowedHeaders);
  res.setHeader('Access-Control-Allow-Methods', 'GET,POST,PUT,PATCH,DELETE,HEAD,OPTIONS');
  res.setHeader('Access-Control-Allow-Origin', origin);
  res.setHeader('Access-Control-Max-Age', '43200');
  res.setHeader('Vary', ['Origin', 'Access-Control-Request-Method', 'Access-Control-Request-Headers']);
  res.removeHeader('Connection');
  res.end();
}

/** A simulated Ollama (shapes of 0.32 and 0.33). */
export function startOllama(options: Partial<OllamaScript> & ListenOptions = {}): Promise<OllamaSimulator> {
  const { host, port, ...script } = options;
  return startSimulator(
    behaviour(),
    { models: defaultOllamaModels, ...script },
    { ...(host === undefined ? {} : { host }), ...(port === undefined ? {} : { port }) },
  );
}

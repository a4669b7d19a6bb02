import { ollamaNativeRoutes } from './ollama-native';
import { ollamaOpenAiRoutes } from './ollama-openai';
import { isAllowed } from './ollama-access';
import { defaultOllamaModels, findModel, psEntry, showAnswer, tagsEntry, type OllamaScript } from './ollama-models';
import { loadedModels, OllamaState, readBody, type OllamaHandler } from './ollama-state';
import { startSimulator, type EngineBehaviour, type ListenOptions, type Simulator } from './simulator';

export type OllamaSimulator = Simulator<OllamaScript>;

const jsonType = { 'Content-Type': 'application/json; charset=utf-8' };

const listingRoutes: Readonly<Record<string, OllamaHandler>> = {
  '/': {
    methods: ['GET', 'HEAD'],
    handle: ({ exchange }) =>
      exchange.sendText(200, 'Ollama is running', { 'Content-Type': 'text/plain; charset=utf-8' }),
  },
  '/api/version': {
    methods: ['GET', 'HEAD'],
    handle: ({ exchange, script }) => exchange.sendJson(200, { version: script.version ?? '0.32.15' }, jsonType),
  },
  '/api/status': {
    methods: ['GET'],
    handle: ({ exchange }) => exchange.sendJson(200, { cloud: { disabled: false, source: 'none' } }, jsonType),
  },
  '/api/tags': {
    methods: ['GET', 'HEAD'],
    handle: ({ exchange, script }) =>
      exchange.sendJson(
        200,
        { models: script.models.map((model) => tagsEntry(model, script.hasLegacyTags === true)) },
        jsonType,
      ),
  },
  '/api/ps': {
    methods: ['GET'],
    handle: ({ exchange, script }) => {
      const models = loadedModels(script).flatMap((loaded) => {
        const model = findModel(script, loaded.name);
        return model ? [psEntry(model, loaded)] : [];
      });
      exchange.sendJson(200, { models }, jsonType);
    },
  },
  '/api/show': {
    methods: ['POST'],
    handle: ({ exchange, script }) => {
      const body = readBody(exchange, (message) => exchange.sendJson(400, { error: message }, jsonType));
      if (!body) return;
      const name = body['model'] ?? body['name'];
      if (typeof name !== 'string' || name === '') {
        exchange.sendJson(400, { error: 'model is required' }, jsonType);
        return;
      }
      const model = findModel(script, name);
      if (model) exchange.sendJson(200, showAnswer(model), jsonType);
      else exchange.sendJson(404, { error: `model '${name}' not found` }, jsonType);
    },
  },
};

const routes: Readonly<Record<string, OllamaHandler>> = {
  ...listingRoutes,
  ...ollamaNativeRoutes,
  ...ollamaOpenAiRoutes,
};

function behaviour(): EngineBehaviour<OllamaScript> {
  const state = new OllamaState();
  return {
    headers: () => ({}),
    sendsDate: true,
    connectionHeaders: 'none',
    // Go's http.Server without timeouts keeps idle connections for ever.
    keepAliveMs: 0,
    maxRequestsPerConnection: 0,
    handle: (exchange, simulator) => {
      const script = simulator.scripted;
      if (!isAllowed(exchange, script)) {
        exchange.sendText(403, '');
        return;
      }
      const { path, method } = exchange.request;
      const modelId = /^\/v1\/models\/([^/]+)$/.exec(path)?.[1];
      const route = routes[modelId === undefined ? path : '/v1/models/:model'];
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

/** A simulated Ollama (shapes of 0.32). */
export function startOllama(options: Partial<OllamaScript> & ListenOptions = {}): Promise<OllamaSimulator> {
  const { host, port, ...script } = options;
  return startSimulator(
    behaviour(),
    { models: defaultOllamaModels, ...script },
    { ...(host === undefined ? {} : { host }), ...(port === undefined ? {} : { port }) },
  );
}

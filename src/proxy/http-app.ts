import fastify, { type FastifyInstance, type FastifyRequest } from 'fastify';
import {
  createServer,
  METHODS,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerOptions,
  type ServerResponse,
} from 'node:http';
import type { Duplex } from 'node:stream';
import type { FlmConfig } from '../core/config-schema';
import type { Catalog } from '../core/catalog';
import type { Clock } from '../core/clock';
import { FlmError } from '../core/errors';
import type { Logger } from '../core/logger';
import type { Gate } from '../core/request';

import type { Exchange } from './exchange';
import { findModelInfo, listModelInfo } from './dialects/anthropic/model-info';
import { dialectRoutes, isAnthropicClient } from './dialects/dialect-table';
import {
  answerChange,
  answerRoot,
  answerRunning,
  answerShow,
  answerTags,
  answerVersion,
  ollamaChanges,
} from './dialects/ollama/read-routes';
import { findModel, listModels } from './model-list';
import { openAiError } from './openai-error';
import { inferenceRoutes, routeMethods, type RoutePattern } from './route-table';
import { headersTimeoutMs, uploadTimeoutMs } from './server-limits';

declare module 'fastify' {
  interface FastifyRequest {
    exchange: Exchange | undefined;
  }
}

export interface HttpAppDeps {
  /** Lets a request in, or answers it. */
  readonly entrance: { enter(req: IncomingMessage, res: ServerResponse): Exchange };
  readonly catalog: Catalog;
  readonly clock: Clock;
  readonly gate: Gate;
  readonly logger: Logger;
  readonly config: FlmConfig;
  infer(exchange: Exchange): Promise<void>;
  metrics(exchange: Exchange): void;
  clientError(error: NodeJS.ErrnoException, socket: Duplex): void;
}

const modelsPrefix = '/v1/models/';

/**
 * The fastify instance: routing and the order of hooks. Bodies are not parsed here and answers do not pass through
 * fastify's reply, so that proxied bytes take the shortest way (every handler hijacks).
 */
export function createHttpApp(deps: HttpAppDeps): FastifyInstance {
  const app = fastify({
    logger: false,
    forceCloseConnections: true,
    exposeHeadRoutes: false,
    requestTimeout: uploadTimeoutMs(deps.config),
    keepAliveTimeout: 65_000,
    maxRequestsPerSocket: 10_000,
    routerOptions: { maxParamLength: 16_384 },
    http: {
      requireHostHeader: false, // the Host guard answers, in our error shape
      headersTimeout: headersTimeoutMs(deps.config),
      connectionsCheckingInterval: 1000,
      maxHeaderSize: 32 * 1024,
    },
    frameworkErrors: (_error, request, reply) => {
      // A target that cannot be decoded never reaches onRequest
      reply.hijack();
      const exchange = deps.entrance.enter(request.raw, reply.raw);
      if (!exchange.isAnswered()) answerUnknown(deps, exchange);
    },
    clientErrorHandler: (error, socket) => deps.clientError(error, socket),
    serverFactory: (handler, options) => httpServer(deps, handler, options as unknown as ServerSettings),
  });
  const known = new Set<string>(app.supportedMethods);
  for (const method of METHODS) if (!known.has(method) && method !== 'CONNECT') app.addHttpMethod(method);

  app.decorateRequest('exchange', undefined);
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request, _payload, done) => done(null)); // bodies are read by their handler
  app.addHook('onRequest', (request, reply, done) => {
    const exchange = deps.entrance.enter(request.raw, reply.raw);
    request.exchange = exchange;
    if (exchange.isAnswered()) {
      reply.hijack();
      return;
    }
    // The router decodes before it compares. What the entrance did not know for a route is none: no scope held for it
    const { url } = request.routeOptions;
    if (url === undefined || url === exchange.facts.route) done();
    else {
      reply.hijack();
      answerUnknown(deps, exchange);
    }
  });
  app.setNotFoundHandler((request, reply) => {
    reply.hijack();
    answerUnknown(deps, exchangeOf(request));
  });
  app.setErrorHandler((error, request, reply) => {
    reply.hijack();
    deps.logger.error('A request failed unexpectedly.', { error });
    failed(request.exchange);
  });
  addRoutes(app, deps);
  return app;
}

/** What fastify sets on the servers it makes itself. */
interface ServerSettings {
  readonly http: ServerOptions;
  readonly keepAliveTimeout: number;
  readonly requestTimeout: number;
  readonly maxRequestsPerSocket: number;
}

const shortcuts: ReadonlySet<string> = new Set([...inferenceRoutes, ...dialectRoutes]);

/**
 * A server that takes inference requests, whose targets are fixed texts, past fastify's router, hooks and body parser:
 * they pass the same entrance and end in the same function, 25 µs earlier. Everything else is fastify's.
 */
function httpServer(deps: HttpAppDeps, handler: RequestListener, settings: ServerSettings): Server {
  const server = createServer(settings.http, (req, res) => {
    if (req.method !== 'POST' || !shortcuts.has(req.url ?? '')) {
      handler(req, res);
      return;
    }
    const exchange = deps.entrance.enter(req, res);
    if (!exchange.isAnswered()) run(deps, exchange, (each) => deps.infer(each));
  });
  server.keepAliveTimeout = settings.keepAliveTimeout;
  server.requestTimeout = settings.requestTimeout;
  server.maxRequestsPerSocket = settings.maxRequestsPerSocket;
  server.setTimeout(0);
  return server;
}

function addRoutes(app: FastifyInstance, deps: HttpAppDeps): void {
  const read = (url: RoutePattern, handler: (exchange: Exchange) => void): void => {
    app.route({
      method: [...routeMethods[url]],
      url,
      handler: (request, reply) => {
        reply.hijack();
        handler(exchangeOf(request));
      },
    });
  };
  read('/health', (exchange) => exchange.respondJson(200, { status: 'ok' }));
  read('/v1/models', (exchange) => {
    const list = isAnthropicClient(exchange.facts.headers) ? listModelInfo : listModels;
    exchange.respondJson(200, list(deps.catalog, exchange.canUse));
  });
  read('/v1/models/*', (exchange) => answerModel(deps, exchange));
  read('/metrics', (exchange) => deps.metrics(exchange));
  read('/', answerRoot);
  read('/api/version', answerVersion);
  read('/api/tags', (exchange) => answerTags(deps.catalog, exchange));
  read('/api/ps', (exchange) => answerRunning(deps.catalog, exchange));
  read('/api/show', (exchange) => run(deps, exchange, (each) => answerShow(deps, each)));
  for (const url of ollamaChanges) read(url, answerChange);
  for (const url of [...inferenceRoutes, ...dialectRoutes]) {
    app.route({
      method: [...routeMethods[url]],
      url,
      handler: (request, reply) => {
        reply.hijack();
        run(deps, exchangeOf(request), (exchange) => deps.infer(exchange));
      },
    });
  }
}

/** Starts the work and lets fastify go: the exchange is driven by its sockets. */
function run(deps: HttpAppDeps, exchange: Exchange, work: (exchange: Exchange) => Promise<void>): void {
  work(exchange).catch((error: unknown) => {
    deps.logger.error('A request failed unexpectedly.', { error, requestId: exchange.facts.id });
    failed(exchange);
  });
}

function answerModel({ catalog }: HttpAppDeps, exchange: Exchange): void {
  const target = exchange.facts.target;
  const end = target.indexOf('?');
  const id = target.slice(modelsPrefix.length, end === -1 ? undefined : end);
  const find = isAnthropicClient(exchange.facts.headers) ? findModelInfo : findModel;
  const model = find(catalog, id, exchange.canUse);
  if (model !== undefined) exchange.respondJson(200, model);
  else {
    const error = openAiError('model_not_found', 'No engine offers this model. See GET /v1/models.', 'model');
    exchange.respondError(error, 'model_not_found');
  }
}

/**
 * 405 with `Allow` for a known path, 204 for OPTIONS on it, 404 for anything else: absolute targets too, which are for
 * forward proxies, and those that cannot be decoded.
 */
function answerUnknown({ gate }: HttpAppDeps, exchange: Exchange): void {
  const { facts } = exchange;
  const methods = facts.route === undefined ? undefined : routeMethods[facts.route as RoutePattern];
  if (methods === undefined || (methods as readonly string[]).includes(facts.method)) {
    gate.report({ type: 'unknown-route', facts });
    exchange.respondError(openAiError('route_not_found', 'FLM has no such route.'), 'route_not_found');
    return;
  }
  const allow = ['allow', [...methods, 'OPTIONS'].join(', ')];
  if (facts.method === 'OPTIONS') exchange.respond(204, undefined, '', allow);
  else {
    const message = `This route takes ${methods.join(' and ')}.`;
    exchange.respondError(openAiError('method_not_allowed', message), 'method_not_allowed', allow);
  }
}

function failed(exchange: Exchange | undefined): void {
  if (exchange === undefined) return;
  exchange.outcome = 'error';
  if (exchange.isAnswered()) exchange.cut();
  else exchange.respondError(openAiError('internal_error', 'FLM failed to handle the request.'), 'internal_error');
}

/** Set by the onRequest hook, which runs for every route and for unknown ones. */
function exchangeOf(request: FastifyRequest): Exchange {
  if (request.exchange === undefined) throw new FlmError('internal_error', 'a handler ran before the entrance');
  return request.exchange;
}

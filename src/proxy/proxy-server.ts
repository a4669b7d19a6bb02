import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from 'fastify';
import { createServer, type Server, type Socket } from 'node:net';
import { normalizeAddress } from '../core/address';
import type { Timer } from '../core/clock';
import type { FlmConfig } from '../core/config-schema';
import { Emitter, type Event } from '../core/emitter';
import { messageOf } from '../core/errors';
import { KeyedCount } from '../core/keyed-count';
import { answerClientError, refuseConnect } from './client-error';
import { EnginePools } from './engine-pools';
import { Entrance } from './entrance';
import type { Exchange, ExchangeHost } from './exchange';
import { guardedGate } from './guarded-gate';
import { HeldBodies } from './held-bodies';
import { createHttpApp } from './http-app';
import { handleInference } from './inference-route';
import { bindExactly, listenOnFreePort } from './listen';
import type { ExposurePlan, ListenFailure } from './listeners/exposure-plan';
import { OuterConnections } from './listeners/outer-connections';
import { OuterListeners } from './listeners/outer-listeners';
import { answerMetrics, type MetricsDeps } from './metrics/metrics-answer';
import { ProxyMetrics } from './metrics/proxy-metrics';
import { OpenExchanges } from './open-exchanges';
import type { ProxyDeps } from './proxy-deps';
import { Router, type EngineTraffic } from './routing/router';
import { UnreadAnswers } from './routing/unread-answers';
import { headersTimeoutMs, maxConnections, maxHeaderFields, uploadTimeoutMs } from './server-limits';

export interface ProxyStats {
  /** Requests admitted and not yet over. */
  readonly inFlight: number;
  /** All requests since the server was built. */
  readonly requests: number;
}

/** Where the server listens. */
export interface Listening {
  readonly port: number;
  /** The one asked for was somebody else's. */
  readonly isOtherPort: boolean;
}

/** How long open answers get to send their error event when the server stops. */
const farewellMs = 500;

/**
 * The OpenAI-compatible endpoint in front of all engines. Built by {@link createProxy}; listens only when told, can be
 * stopped and started again, and takes a new configuration while streams run.
 */
export class ProxyServer implements ExchangeHost {
  readonly #deps: ProxyDeps;
  readonly #pools: EnginePools;
  readonly #router: Router;
  readonly #unread: UnreadAnswers;
  readonly #metrics: ProxyMetrics;
  readonly #entrance: Entrance;
  readonly #exchanges = new OpenExchanges();
  readonly #held = new HeldBodies();
  readonly #activity = new Emitter<ProxyStats>();
  readonly #connections = new KeyedCount(); // bounded by maxConnections
  readonly #outerConnections: OuterConnections;
  readonly #outer: OuterListeners;
  #config: FlmConfig;
  #loopback6: Server | undefined;
  #port: number | undefined;
  #app: FastifyInstance | undefined;
  #requests = 0;

  constructor(deps: ProxyDeps) {
    this.#deps = { ...deps, gate: guardedGate(deps.gate, deps.logger) };
    this.#config = deps.config;
    this.#pools = new EnginePools(deps.clock, deps.config['timeouts.connectSeconds'] * 1000);
    this.#outerConnections = new OuterConnections({
      isBusy: (socket) => this.#on(socket).length > 0,
      letLeave: (socket) => this.#on(socket).forEach(({ res }) => (res.shouldKeepAlive = false)),
      shutdown: (socket) => this.#on(socket).forEach((exchange) => exchange.shutdown()),
      clock: deps.clock,
    });
    const connections = {
      isOuter: (socket: Socket) => this.#outerConnections.has(socket),
      isLeaving: (socket: Socket) => this.#outerConnections.isLeaving(socket),
    };
    this.#router = new Router(deps.clock, () => this.#config, deps.loads);
    this.#unread = new UnreadAnswers(deps.clock);
    this.#metrics = deps.metrics ?? new ProxyMetrics();
    this.#entrance = new Entrance(this.#deps, this, connections, deps.config);
    this.#outer = new OuterListeners({
      connections: this.#outerConnections,
      deliver: (socket) => this.#deliver(socket),
      redirectHost: (rawHeaders) => this.#entrance.hostOf(rawHeaders),
      listens: deps.listens ?? (() => ({ dispose: () => undefined })),
      clock: deps.clock,
    });
  }

  /** A request began or ended. Fired for each: listeners that draw must throttle. */
  get onDidChangeActivity(): Event<ProxyStats> {
    return this.#activity.event;
  }

  stats(): ProxyStats {
    return { inFlight: this.#exchanges.size, requests: this.#requests };
  }

  /** What goes on with these engines, for metrics. */
  traffic(engineIds: readonly string[]): readonly EngineTraffic[] {
    return this.#router.traffic(engineIds);
  }

  /**
   * Opens the port, or the next free one, on this machine's loopback: 127.0.0.1, and ::1 where it can be had. These stay
   * open until {@link stop}.
   *
   * @param port 0 for any
   * @throws FlmError `port_in_use`
   */
  async listen(port: number): Promise<Listening> {
    const app = this.#requireApp();
    await app.ready();
    const bound = await listenOnFreePort(app.server, '127.0.0.1', port);
    this.#port = bound;
    await this.#listenOnLoopback6(bound);
    return { port: bound, isOtherPort: port !== 0 && bound !== port };
  }

  /**
   * Listens beyond loopback exactly as planned, on the same port. Closed addresses take no connection and no request
   * from now on; their running answers may end. Answers the addresses it could not open. One call at a time.
   */
  async expose(plan: ExposurePlan): Promise<readonly ListenFailure[]> {
    if (this.#port === undefined) return [];
    this.#entrance.expose(plan);
    return this.#outer.apply(plan, this.#port);
  }

  /** Addresses beyond loopback on which it listens. */
  get exposed(): readonly string[] {
    return this.#outer.addresses;
  }

  /**
   * Ends open streams with an error event and everything else with 503, then frees the port. Takes at most about half a
   * second, whatever clients and engines do. Harmless when not listening.
   */
  async stop(): Promise<void> {
    const app = this.#app;
    if (app === undefined) return;
    this.#app = undefined;
    this.#entrance.isClosing = true;
    const { server } = app;
    this.#port = undefined;
    this.#outer.closeAll();
    this.#loopback6?.close();
    this.#loopback6 = undefined;
    const isFree = new Promise<void>((resolve) => {
      if (server.listening) server.close(() => resolve());
      else resolve();
    });
    const open = this.#exchanges.all();
    for (const exchange of open) exchange.shutdown();
    if (open.length > 0) await this.#allSettled();
    server.closeAllConnections();
    await isFree;
    await app.close();
    await this.#pools.destroy();
    this.#entrance.isClosing = false;
  }

  /** Takes a new configuration for requests that come from now on. Host and port are the caller's business. */
  configure(config: FlmConfig): void {
    this.#config = config;
    this.#entrance.configure(config);
    this.#pools.configure(config['timeouts.connectSeconds'] * 1000);
    if (this.#app === undefined) return;
    this.#app.server.requestTimeout = uploadTimeoutMs(config);
    this.#app.server.headersTimeout = headersTimeoutMs(config);
  }

  /** For tests: a request without a socket. */
  inject(options: InjectOptions): Promise<LightMyRequestResponse> {
    return this.#requireApp().inject(options);
  }

  later(callback: () => void, delayMs: number): Timer {
    return this.#deps.clock.setTimeout(callback, delayMs);
  }

  monotonic(): number {
    return this.#deps.clock.monotonic();
  }

  settled(exchange: Exchange): void {
    this.#exchanges.delete(exchange);
    this.#held.release(exchange);
    this.#outerConnections.settled(exchange.req.socket);
    const record = exchange.record();
    this.#deps.gate.settled(record);
    this.#metrics.settled(record);
    this.#activity.fire(this.stats());
  }

  #requireApp(): FastifyInstance {
    if (this.#app !== undefined) return this.#app;
    const { catalog, gate, logger, version, keys, health, clock } = this.#deps;
    const inference = {
      catalog,
      gate,
      keys,
      health,
      clock,
      pools: this.#pools,
      router: this.#router,
      held: this.#held,
      unread: this.#unread,
      config: () => this.#config,
    };
    const metrics: MetricsDeps = {
      metrics: this.#metrics,
      version,
      gauges: this.#deps.gauges,
      inFlight: () => this.#exchanges.size,
      traffic: (engineIds) => this.traffic(engineIds),
    };
    const app = createHttpApp({
      entrance: { enter: (req, res) => this.#begin(this.#entrance.enter(req, res)) },
      catalog,
      clock,
      gate,
      logger,
      config: this.#config,
      infer: (exchange) => handleInference(inference, exchange),
      metrics: (exchange) => answerMetrics(metrics, exchange),
      clientError: (error, socket) => answerClientError(error, socket, gate, version),
    });
    app.server.maxConnections = maxConnections;
    app.server.maxHeadersCount = maxHeaderFields;
    app.server.on('connect', (_request, socket) => refuseConnect(socket, gate, version));
    // Without listeners Node answers «100 Continue» or 417 before anyone has looked at the request
    for (const event of ['checkContinue', 'checkExpectation'] as const) {
      app.server.on(event, (req, res) => app.server.emit('request', req, res));
    }
    app.server.on('connection', (socket) => this.#connected(socket));
    this.#app = app;
    return app;
  }

  #begin(exchange: Exchange): Exchange {
    this.#requests++;
    if (!exchange.isClosed) this.#exchanges.add(exchange);
    this.#activity.fire(this.stats());
    return exchange;
  }

  /** Many programs try ::1 first for `localhost`; a machine without IPv6, or with that port in use there, does without. */
  async #listenOnLoopback6(port: number): Promise<void> {
    const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => this.#deliver(socket));
    server.maxConnections = maxConnections;
    try {
      await bindExactly(server, '::1', port);
      this.#loopback6 = server;
    } catch (error) {
      this.#deps.logger.debug(`The proxy does not listen on [::1]:${port}: ${messageOf(error)}`);
    }
  }

  /** Hands a connection of another listener to the HTTP server. */
  #deliver(socket: Socket): void {
    if (this.#app === undefined) socket.destroy();
    else this.#app.server.emit('connection', socket);
  }

  /** What is being answered on a connection. */
  #on(socket: Socket): readonly Exchange[] {
    return this.#exchanges.all().filter(({ req }) => req.socket === socket);
  }

  #connected(socket: Socket): void {
    const address = normalizeAddress(socket.remoteAddress ?? '');
    const open = this.#connections.add(address);
    socket.once('close', () => this.#connections.remove(address));
    this.#deps.gate.report({ type: 'connection', address, open });
  }

  #allSettled(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(done, farewellMs);
      const listening = this.#activity.event(({ inFlight }) => {
        if (inFlight === 0) done();
      });
      function done(): void {
        clearTimeout(timer);
        listening.dispose();
        resolve();
      }
      if (this.#exchanges.size === 0) done();
    });
  }
}

export function createProxy(deps: ProxyDeps): ProxyServer {
  return new ProxyServer(deps);
}

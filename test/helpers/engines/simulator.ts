import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { Exchange, type HeaderStyle } from './exchange';
import { pause } from './pause';
import { RecordedRequest } from './recorded-request';
import { echo, planReply, type FinishedReply, type Piece, type Prompt } from './reply';
import type { CommonScript } from './script';

/** Where a simulator listens. */
export interface ListenOptions {
  /** Default `127.0.0.1`. */
  readonly host?: string;
  /** Default: any free one. */
  readonly port?: number;
}

/** One simulated engine's own part. */
export interface EngineBehaviour<S extends CommonScript> extends HeaderStyle {
  /** 0: idle connections stay open. */
  readonly keepAliveMs: number;
  /** 0: any number. */
  readonly maxRequestsPerConnection: number;
  handle(exchange: Exchange, simulator: Simulator<S>): Promise<void> | void;
}

/** Work of the simulated model; outlives its request where the real engine's does. */
export interface Generation {
  readonly request: RecordedRequest;
  readonly startedAt: number;
  tokens: number;
  state: 'running' | 'finished' | 'cancelled' | 'failed';
  endedAt: number | undefined;
}

/** A running simulated engine. */
export class Simulator<S extends CommonScript> {
  /** Every request since the start, in order of arrival. */
  readonly requests: RecordedRequest[] = [];
  readonly generations: Generation[] = [];
  /** What went wrong inside the simulator itself; a test may assert that it is empty. */
  readonly errors: unknown[] = [];
  /** TCP connections accepted so far. */
  connectionCount = 0;
  readonly #behaviour: EngineBehaviour<S>;
  readonly #exchanges = new Set<Exchange>();
  readonly #sockets = new Map<Socket, { number: number; requests: number }>();
  readonly #waiting = new Set<() => void>();
  #script: S;
  #server: Server | undefined;
  #address: { host: string; port: number };

  constructor(behaviour: EngineBehaviour<S>, script: S, listen: ListenOptions) {
    this.#behaviour = behaviour;
    this.#script = script;
    this.#address = { host: listen.host ?? '127.0.0.1', port: listen.port ?? 0 };
  }

  get host(): string {
    return this.#address.host;
  }

  get port(): number {
    return this.#address.port;
  }

  /** `http://127.0.0.1:PORT`, without a trailing slash. */
  get url(): string {
    const host = this.host.includes(':') ? `[${this.host}]` : this.host;
    return `http://${host}:${this.port}`;
  }

  get openConnections(): number {
    return this.#sockets.size;
  }

  get scripted(): Readonly<S> {
    return this.#script;
  }

  /** Changes the behaviour from the next request on. A field given replaces that field as a whole. */
  script(changes: Partial<S>): void {
    this.#script = { ...this.#script, ...changes };
    if (this.#server) this.#applyLimits(this.#server);
  }

  requestsTo(path: string, method?: string): RecordedRequest[] {
    return this.requests.filter(
      (request) => request.path === path && (method === undefined || request.method === method),
    );
  }

  /**
   * The first request (already here or still to come, its body read) for which `matches` holds. Rejects after `timeoutMs`, so that no
   * test can hang.
   */
  async waitForRequest(
    matches: (request: RecordedRequest) => boolean = () => true,
    timeoutMs = 5000,
  ): Promise<RecordedRequest> {
    const find = (): RecordedRequest | undefined => this.requests.find((request) => request.isRead && matches(request));
    await this.#waitUntil(() => find() !== undefined, 'no such request', timeoutMs);
    const found = find();
    if (!found) throw new Error('no such request');
    return found;
  }

  /** Listens. With a port of 0 the first call picks one, which later calls use again. */
  async listen(): Promise<void> {
    const server = createServer((req, res) => void this.#onRequest(req, res));
    server.on('checkContinue', (req: IncomingMessage, res: ServerResponse) => {
      if (this.#script.refuseExpect === undefined) res.writeContinue();
      void this.#onRequest(req, res);
    });
    server.on('connection', (socket) => this.#onConnection(socket));
    server.requestTimeout = 0;
    server.headersTimeout = 0;
    this.#applyLimits(server);
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ host: this.host, port: this.port, ipv6Only: this.host.includes(':') }, () => resolve());
    });
    this.#address = { ...this.#address, port: (server.address() as AddressInfo).port };
    this.#server = server;
  }

  /** Stops listening and drops every connection; {@link listen} brings the engine back on the same port. */
  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    for (const exchange of this.#exchanges) exchange.cancel();
    for (const socket of this.#sockets.keys()) socket.destroy();
    if (server) await new Promise<void>((resolve) => server.close(() => resolve()));
  }

  /** Forgets all but the last `keep` requests, for a simulator that runs for long. */
  forget(keep: number): void {
    this.requests.splice(0, Math.max(0, this.requests.length - keep));
    this.generations.splice(0, Math.max(0, this.generations.length - keep));
  }

  /** What the model says to this prompt, planned by the script. */
  plan(exchange: Exchange, prompt: Prompt): FinishedReply {
    const { reply } = this.#script;
    const said = typeof reply === 'function' ? reply(exchange.request) : (reply ?? echo(prompt));
    return planReply(said, prompt);
  }

  /**
   * Runs a generation at the scripted speed, one piece at a time. Ends early when `signal` aborts, which is the
   * client's leaving unless the engine decides otherwise.
   */
  async *generate(
    exchange: Exchange,
    reply: FinishedReply,
    signal: AbortSignal = exchange.signal,
  ): AsyncGenerator<Piece> {
    const generation: Generation = {
      request: exchange.request,
      startedAt: Date.now(),
      tokens: 0,
      state: 'running',
      endedAt: undefined,
    };
    this.generations.push(generation);
    this.#changed();
    const timing = this.#script.timing ?? {};
    try {
      if (!(await pause(timing.firstTokenMs ?? 0, signal))) return;
      for (const piece of reply.pieces) {
        if (generation.tokens > 0 && !(await pause(timing.tokenMs ?? 0, signal))) return;
        if (signal.aborted) return;
        if (piece.kind === 'error') generation.state = 'failed';
        else generation.tokens += 1;
        yield piece;
      }
      if (generation.state === 'running') generation.state = 'finished';
    } finally {
      if (generation.state === 'running') generation.state = 'cancelled';
      generation.endedAt = Date.now();
      this.#changed();
    }
  }

  /** The model is being loaded: false when the client left meanwhile. */
  load(exchange: Exchange): Promise<boolean> {
    return pause(this.#script.timing?.loadMs ?? 0, exchange.signal);
  }

  get runningGenerations(): number {
    return this.generations.filter((generation) => generation.state === 'running').length;
  }

  /** Resolves when no generation runs any more; rejects after `timeoutMs`. */
  waitForIdle(timeoutMs = 5000): Promise<void> {
    return this.#waitUntil(() => this.runningGenerations === 0, 'a generation still runs', timeoutMs);
  }

  /** Resolves when so many connections are open; rejects after `timeoutMs`. */
  waitForConnections(count: number, timeoutMs = 5000): Promise<void> {
    return this.#waitUntil(() => this.openConnections === count, `not ${count} open connections`, timeoutMs);
  }

  async #waitUntil(isSo: () => boolean, otherwise: string, timeoutMs: number): Promise<void> {
    const deadline = Date.now() + timeoutMs;
    while (!isSo()) {
      const left = deadline - Date.now();
      if (left <= 0) throw new Error(`${otherwise} after ${timeoutMs} ms`);
      await this.#change(left);
    }
  }

  #change(timeoutMs: number): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(done);
        resolve();
      };
      const timer = setTimeout(done, timeoutMs);
      this.#waiting.add(done);
    });
  }

  #changed(): void {
    for (const done of [...this.#waiting]) done();
  }

  #applyLimits(server: Server): void {
    server.keepAliveTimeout = this.#script.keepAliveMs ?? this.#behaviour.keepAliveMs;
    // Node ≥ 24 waits another second by default; the engines do not.
    if ('keepAliveTimeoutBuffer' in server) server.keepAliveTimeoutBuffer = 0;
  }

  #onConnection(socket: Socket): void {
    this.connectionCount += 1;
    this.#sockets.set(socket, { number: this.connectionCount, requests: 0 });
    socket.setNoDelay(true);
    socket.on('error', () => undefined);
    socket.once('close', () => {
      this.#sockets.delete(socket);
      this.#changed();
    });
  }

  async #onRequest(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const connection = this.#sockets.get(req.socket) ?? { number: 0, requests: 0 };
    connection.requests += 1;
    const request = new RecordedRequest(req, connection.number);
    const limit = this.#script.maxRequestsPerConnection ?? this.#behaviour.maxRequestsPerConnection;
    const isLast = limit > 0 && connection.requests >= limit;
    const exchange = new Exchange(request, req, res, {
      headers: (of, status) => ({
        ...this.#behaviour.headers(of, status),
        ...this.#script.headers,
        ...(isLast ? { Connection: 'close' } : {}),
      }),
      sendsDate: this.#behaviour.sendsDate,
      connectionHeaders: this.#behaviour.connectionHeaders,
    });
    this.#exchanges.add(exchange);
    this.requests.push(request);
    void request.ended.then(() => {
      this.#exchanges.delete(exchange);
      this.#changed();
    });
    try {
      if (this.#script.resetReusedConnections === true && connection.requests > 1) {
        exchange.cancel();
        req.socket.resetAndDestroy();
        return;
      }
      if (this.#script.refuseExpect !== undefined && req.headers.expect !== undefined) {
        exchange.sendText(this.#script.refuseExpect, '', { Connection: 'close' });
        return;
      }
      if (!(await this.#readBody(exchange))) return;
      this.#changed();
      if (!(await pause(this.#script.timing?.answerMs ?? 0, exchange.signal))) return;
      await this.#answer(exchange);
    } catch (error) {
      this.errors.push(error);
      if (res.headersSent) res.destroy();
      else exchange.sendText(500, `simulator: ${String(error)}`);
    }
  }

  async #answer(exchange: Exchange): Promise<void> {
    const { method, path } = exchange.request;
    const answers = this.#script.answers ?? {};
    const own = answers[`${method} ${path}`] ?? answers[path] ?? answers['*'];
    if (typeof own === 'function') await own(exchange);
    else if (own !== undefined) await exchange.sendCanned(own);
    else await this.#behaviour.handle(exchange, this);
  }

  async #readBody(exchange: Exchange): Promise<boolean> {
    const { req, request } = exchange;
    const limit = this.#script.bodyLimitBytes ?? Number.POSITIVE_INFINITY;
    const parts: Buffer[] = [];
    let size = 0;
    try {
      for await (const part of req.iterator({ destroyOnReturn: false })) {
        size += (part as Buffer).length;
        if (size > limit) {
          exchange.sendText(413, '', { Connection: 'close' });
          return false;
        }
        parts.push(part as Buffer);
      }
    } catch {
      return false;
    }
    request.body = Buffer.concat(parts);
    request.isRead = true;
    return true;
  }
}

/** Creates a simulator and waits until it listens. */
export async function startSimulator<S extends CommonScript>(
  behaviour: EngineBehaviour<S>,
  script: S,
  listen: ListenOptions,
): Promise<Simulator<S>> {
  const simulator = new Simulator(behaviour, script, listen);
  await simulator.listen();
  return simulator;
}

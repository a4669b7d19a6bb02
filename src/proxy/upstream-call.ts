import type { Client, Dispatcher } from 'undici';
import type { EnginePool, EnginePools } from './engine-pools';

/** Answer headers as undici gives them: names lower-case. */
export type AnswerHeaders = Readonly<Record<string, string | string[] | undefined>>;

/** Takes one engine's answer. Exactly one of `end` and `failed` comes last, unless the call was aborted: then none. */
export interface UpstreamListener {
  head(status: number, headers: AnswerHeaders): void;
  chunk(bytes: Buffer): void;
  end(): void;
  failed(error: unknown): void;
  /** A connection is there, and the request goes over it. */
  sent?(): void;
}

export interface UpstreamRequest {
  readonly path: string;
  readonly headers: string[];
  readonly body: Buffer;
  readonly firstByteMs: number;
  readonly idleMs: number;
}

/** A reset later than this after the request was written is the engine's failure, not a stale connection. */
const staleWithinMs = 1000;

const resetCodes = new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE']);

/**
 * One POST to an engine through undici's `dispatch`, which hands over bytes as they come, without a stream object
 * between (measured: 1.58× the throughput of `@fastify/http-proxy`, against 1.44× with `undici.request`).
 *
 * Sent again, once and on a connection of its own, only if a kept-alive connection turned out to be closed before any
 * byte of the answer (ENGINES.md (c) 19; RFC 9110 §9.2.2 allows it when the request is known not to have been handled).
 */
export class UpstreamCall implements Dispatcher.DispatchHandler {
  readonly #pools: EnginePools;
  readonly #pool: EnginePool;
  /** Dropped once it cannot be sent again: bodies are large and streams long. */
  #request: UpstreamRequest | undefined;
  readonly #listener: UpstreamListener;
  readonly #monotonic: () => number;
  #controller: Dispatcher.DispatchController | undefined;
  #fresh: Client | undefined;
  #sentAt = Number.POSITIVE_INFINITY;
  #mayRetry = false;
  #hasHead = false;
  #isOver = false;

  constructor(
    pools: EnginePools,
    pool: EnginePool,
    request: UpstreamRequest,
    listener: UpstreamListener,
    monotonic: () => number,
  ) {
    this.#pools = pools;
    this.#pool = pool;
    this.#request = request;
    this.#listener = listener;
    this.#monotonic = monotonic;
  }

  start(): void {
    this.#mayRetry = this.#pools.mayBeStale(this.#pool);
    this.#dispatch(this.#pool.dispatcher);
  }

  /**
   * Ends the request at once, in whatever state it is: the connection is destroyed, so the engine stops too; a request
   * that still waits for its connection is never written. The listener hears nothing more.
   */
  abort(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#controller?.abort(new Error('aborted'));
    this.#endFresh();
  }

  pause(): void {
    this.#controller?.pause();
  }

  resume(): void {
    this.#controller?.resume();
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    this.#sentAt = this.#monotonic();
    if (this.#isOver) controller.abort(new Error('aborted'));
    else this.#listener.sent?.();
  }

  /** The request may have reached the engine, and no more than a part of its answer has come. */
  get isUnderWay(): boolean {
    return !this.#isOver && this.#controller !== undefined;
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: AnswerHeaders): void {
    if (status < 200 || this.#isOver) return; // 100 and 103 announce, they do not answer
    this.#hasHead = true;
    this.#request = undefined;
    this.#listener.head(status, headers);
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (!this.#isOver) this.#listener.chunk(chunk);
  }

  onResponseEnd(): void {
    this.#pool.lastAnswerAt = this.#monotonic();
    if (this.#isOver) return;
    this.#isOver = true;
    this.#endFresh();
    try {
      this.#listener.end();
    } catch (error) {
      // undici would report it to this handler, which is over: the client would wait for ever
      this.#listener.failed(error);
    }
  }

  onResponseError(_controller: Dispatcher.DispatchController | undefined, error: Error): void {
    if (this.#isOver) return;
    if (this.#isStaleConnection(error)) {
      this.#mayRetry = false;
      this.#controller = undefined;
      this.#fresh = this.#pool.fresh();
      this.#dispatch(this.#fresh);
      return;
    }
    this.#isOver = true;
    this.#endFresh();
    this.#listener.failed(error);
  }

  #isStaleConnection(error: Error): boolean {
    const code = 'code' in error ? String(error.code) : '';
    const isEarly = this.#monotonic() - this.#sentAt < staleWithinMs;
    return this.#mayRetry && !this.#hasHead && isEarly && resetCodes.has(code);
  }

  #dispatch(dispatcher: Dispatcher): void {
    if (this.#request === undefined) return;
    const { path, headers, body, firstByteMs, idleMs } = this.#request;
    try {
      dispatcher.dispatch(
        { path, method: 'POST', headers, body, headersTimeout: firstByteMs, bodyTimeout: idleMs },
        this,
      );
    } catch (error) {
      // undici reports most trouble through the handler, but throws on a closed pool
      this.onResponseError(undefined, error instanceof Error ? error : new Error(String(error)));
    }
  }

  #endFresh(): void {
    this.#fresh?.close().catch(() => undefined);
    this.#fresh = undefined;
  }
}

import { Client, Pool } from 'undici';
import type { Clock } from '../core/clock';

/** Engines in use at once that keep their connections; the one idle longest gives way. */
const maxPools = 128;

/**
 * llama-server, vLLM and LM Studio close idle connections after 5 s (ENGINES.md §§2.7, 3.6, 4.5): ours go earlier, so
 * that few requests meet a closing one.
 */
const keepAliveMs = 4000;

/** Connections to one engine. */
export interface EnginePool {
  readonly dispatcher: Pool;
  /** `host:port` for the `Host` header. */
  readonly host: string;
  /** Path prefix of the engine, without a trailing slash; usually empty. */
  readonly prefix: string;
  /** When an answer was last read to its end (monotonic), so that connections may be waiting for reuse. */
  lastAnswerAt: number;
  /** A connection of its own for one request, to be closed after it. */
  fresh(): Client;
}

/**
 * One pool of connections per engine address. Own pools rather than the built-in `fetch`: VS Code patches that one with
 * its proxy settings, which must not catch loopback calls. TLS certificates are verified.
 */
export class EnginePools {
  readonly #clock: Clock;
  readonly #pools = new Map<string, EnginePool>();
  #connectTimeoutMs: number;

  constructor(clock: Clock, connectTimeoutMs: number) {
    this.#clock = clock;
    this.#connectTimeoutMs = connectTimeoutMs;
  }

  get connectTimeoutMs(): number {
    return this.#connectTimeoutMs;
  }

  /** A changed timeout holds for new connections; requests under way keep theirs. */
  configure(connectTimeoutMs: number): void {
    if (connectTimeoutMs === this.#connectTimeoutMs) return;
    this.#connectTimeoutMs = connectTimeoutMs;
    this.#drop([...this.#pools.keys()]);
  }

  /** @param baseUrl of the engine, as in the catalogue: never from a request. */
  get(baseUrl: string): EnginePool {
    let pool = this.#pools.get(baseUrl);
    if (pool === undefined) {
      pool = this.#create(baseUrl);
      if (this.#pools.size >= maxPools) this.#drop([...this.#pools.keys()].slice(0, 1));
    } else this.#pools.delete(baseUrl);
    this.#pools.set(baseUrl, pool); // last in the map: used last
    return pool;
  }

  /** Ends every connection, busy ones too. */
  async destroy(): Promise<void> {
    const pools = [...this.#pools.values()];
    this.#pools.clear();
    await Promise.all(pools.map(({ dispatcher }) => dispatcher.destroy()));
  }

  #create(baseUrl: string): EnginePool {
    const url = new URL(baseUrl);
    const options = {
      connect: { timeout: this.#connectTimeoutMs },
      keepAliveTimeout: keepAliveMs,
      keepAliveMaxTimeout: keepAliveMs,
      pipelining: 1,
    };
    return {
      dispatcher: new Pool(url.origin, options),
      host: url.host,
      prefix: url.pathname.replace(/\/+$/, ''),
      lastAnswerAt: Number.NEGATIVE_INFINITY,
      fresh: () => new Client(url.origin, options),
    };
  }

  /** Lets running requests end and opens no new connection. */
  #drop(baseUrls: readonly string[]): void {
    for (const baseUrl of baseUrls) {
      const pool = this.#pools.get(baseUrl);
      this.#pools.delete(baseUrl);
      pool?.dispatcher.close().catch(() => undefined); // only fails when already destroyed
    }
  }

  /** Whether a connection of this pool may just now be closing at the engine's side. */
  mayBeStale(pool: EnginePool): boolean {
    return this.#clock.monotonic() - pool.lastAnswerAt < keepAliveMs + 1000;
  }
}

/** Path of an inference route at an engine; a prefix that already ends in `/v1` is not doubled. */
export function enginePath(prefix: string, route: string): string {
  return prefix.endsWith('/v1') ? `${prefix.slice(0, -3)}${route}` : `${prefix}${route}`;
}

import type { Clock } from '../core/clock';
import type { FlmConfig } from '../core/config-schema';
import { gatewayHeader } from '../core/upstream';
import { isLoopbackUrl } from './base-url';
import type { ProbeAnswer, Prober } from './probe';
import type { VisitSession } from './visit';

/** Limits of one visit, from the settings. */
export interface ProbeLimits {
  readonly connectMs: (baseUrl: string) => number;
  readonly answerMs: number;
  /** For optional extras of one look. */
  readonly extrasMs: number;
  /** How long a whole round of detection may keep people waiting. */
  readonly roundMs: number;
}

/** A program on this machine accepts at once or never: on Windows a closed port is retried for two seconds instead. */
const loopbackConnectMs = 500;

/**
 * An answer may take twice the time from which an engine counts as slow: with the probe limit alone, a slow engine
 * could never be told from a dead one. A round does not wait for it.
 */
export function probeLimits(config: FlmConfig): ProbeLimits {
  const probeMs = config['timeouts.probeSeconds'] * 1000;
  return {
    connectMs: (baseUrl) => (isLoopbackUrl(baseUrl) ? Math.min(loopbackConnectMs, probeMs) : probeMs),
    answerMs: Math.max(probeMs, 2 * config['engines.degradedLatencyMs']),
    extrasMs: 1000,
    roundMs: probeMs + 300,
  };
}

export interface SessionOptions {
  readonly prober: Prober;
  readonly clock: Clock;
  readonly limits: ProbeLimits;
  readonly baseUrl: string;
  /** Key of exactly this address. */
  readonly key: string | undefined;
  readonly memo: Map<string, unknown>;
  readonly signal?: AbortSignal;
  readonly wantsLoad?: boolean;
}

/** One visit to one address. */
export class EngineSession implements VisitSession {
  readonly baseUrl: string;
  readonly memo: Map<string, unknown>;
  readonly wantsLoad: boolean;
  readonly #options: SessionOptions;
  readonly #extrasUntil: number;
  #isSelf = false;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.baseUrl = options.baseUrl;
    this.memo = options.memo;
    this.wantsLoad = options.wantsLoad === true;
    this.#extrasUntil = options.clock.monotonic() + options.limits.extrasMs;
  }

  get hasKey(): boolean {
    return this.#options.key !== undefined;
  }

  get(path: string): Promise<ProbeAnswer> {
    return this.#send(path);
  }

  post(path: string, body: unknown): Promise<ProbeAnswer> {
    return this.#send(path, body);
  }

  now(): number {
    return this.#options.clock.monotonic();
  }

  remainingMs(): number {
    return this.#extrasUntil - this.now();
  }

  isSelf(): boolean {
    return this.#isSelf;
  }

  async #send(path: string, body?: unknown): Promise<ProbeAnswer> {
    const { prober, limits, key, signal } = this.#options;
    const answer = await prober.send({
      baseUrl: this.baseUrl,
      path,
      connectTimeoutMs: limits.connectMs(this.baseUrl),
      totalTimeoutMs: limits.answerMs,
      ...(body === undefined ? {} : { body }),
      ...(key === undefined ? {} : { key }),
      ...(signal === undefined ? {} : { signal }),
    });
    if (answer.ok && answer.headers[gatewayHeader] !== undefined) this.#isSelf = true;
    return answer;
  }
}

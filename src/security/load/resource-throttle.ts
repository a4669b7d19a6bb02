import type { SecurityPolicy } from '../../core/policy-schema';

/** 0 none · 1 queue · 2 fewer slots for remote callers · 3 no new remote requests · 4 no new requests. */
export type ThrottleLevel = 0 | 1 | 2 | 3 | 4;

/** One look at the machine; undefined: unknown, and unknown never throttles. */
export interface LoadReading {
  /** Monotonic ms. */
  readonly at: number;
  /** 0–1 over all cores. */
  readonly cpu: number | undefined;
  /** 0–1 of memory that cannot be had without swapping. */
  readonly memory: number | undefined;
  /** 99th percentile since the last reading. */
  readonly eventLoopDelayMs: number | undefined;
}

type Signal = 'cpu' | 'memory' | 'eventLoop';

/** Highest level a signal can cause. A local model uses all of the CPU by design, so CPU only throttles. */
const ceilings: Readonly<Record<Signal, ThrottleLevel>> = { cpu: 2, eventLoop: 2, memory: 4 };

/**
 * Steps up one level after a signal has been high for `holdSeconds`, and another for every further `holdSeconds`; steps
 * down likewise once it is low. Between the two marks nothing changes (hysteresis). Pure: fed with readings, asks
 * nobody. A gap in the readings counts as nothing.
 */
export class ResourceThrottle {
  #rules: SecurityPolicy['resources'];
  readonly #levels: Record<Signal, ThrottleLevel> = { cpu: 0, memory: 0, eventLoop: 0 };
  readonly #since: Record<Signal, { side: 'high' | 'low' | 'between'; at: number }> = {
    cpu: { side: 'between', at: 0 },
    memory: { side: 'between', at: 0 },
    eventLoop: { side: 'between', at: 0 },
  };

  constructor(rules: SecurityPolicy['resources']) {
    this.#rules = rules;
  }

  configure(rules: SecurityPolicy['resources']): void {
    this.#rules = rules;
  }

  get level(): ThrottleLevel {
    return Math.max(this.#levels.cpu, this.#levels.memory, this.#levels.eventLoop) as ThrottleLevel;
  }

  /** The signal behind the level; undefined at level 0. */
  get cause(): Signal | undefined {
    const { level } = this;
    return level === 0
      ? undefined
      : (['memory', 'cpu', 'eventLoop'] as const).find((signal) => this.#levels[signal] === level);
  }

  /** Takes a reading; answers the level after it. */
  feed(reading: LoadReading): ThrottleLevel {
    const high = this.#rules.engagePercent / 100;
    const low = this.#rules.releasePercent / 100;
    this.#step('cpu', reading.cpu, high, low, reading.at);
    this.#step('memory', reading.memory, high, low, reading.at);
    const delay = this.#rules.eventLoopDelayMs;
    this.#step('eventLoop', reading.eventLoopDelayMs, delay, delay / 2, reading.at);
    return this.level;
  }

  #step(signal: Signal, value: number | undefined, high: number, low: number, at: number): void {
    const side = value === undefined ? 'low' : value >= high ? 'high' : value <= low ? 'low' : 'between';
    const since = this.#since[signal];
    if (side !== since.side) {
      this.#since[signal] = { side, at };
      return;
    }
    if (side === 'between' || at - since.at < this.#rules.holdSeconds * 1000) return;
    const change = side === 'high' ? 1 : -1;
    this.#levels[signal] = Math.min(ceilings[signal], Math.max(0, this.#levels[signal] + change)) as ThrottleLevel;
    since.at = at;
  }
}

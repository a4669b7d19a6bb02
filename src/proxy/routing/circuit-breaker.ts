import type { Clock } from '../../core/clock';

/**
 * - `closed`: requests go to the engine
 * - `open`: none does, until a moment has passed
 * - `half-open`: one does, to see
 */
export type BreakerState = 'closed' | 'open' | 'half-open';

/** Failures in a row that open it. */
export const failuresToOpen = 3;

/** First wait, doubled with every failed try, up to the longest. */
const firstWaitMs = 1000;
const longestWaitMs = 30_000;

/** What one request showed about the connection to its engine. */
export type PassOutcome =
  /** The engine sent a head, whatever its status. */
  | 'answered'
  /** No connection, or it broke before a head. */
  | 'failed'
  /** The client left first. */
  | 'unknown';

/** The right to send one request. To be settled once; later calls do nothing. */
export interface BreakerPass {
  /** The engine took the connection: it lives, though it may work for minutes before it answers. */
  connected(): void;
  settle(outcome: PassOutcome): void;
}

/**
 * Stops sending requests to an engine whose connections fail, so that clients learn it at once and do not each wait for
 * a connect timeout. Counts failures of the transport only: what an engine answers, even 500, is an answer.
 *
 * While half-open a connection closes it, so that a try that loads a model for minutes does not shut out everybody
 * else; it then stays on its guard (one more failure opens it, for twice as long) until there is an answer.
 */
export class CircuitBreaker {
  readonly #clock: Clock;
  #failures = 0;
  #waitMs = firstWaitMs;
  #openedAt = 0;
  #openedWall = 0;
  /** Undefined: closed. */
  #until: number | undefined;
  #trial: BreakerPass | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get state(): BreakerState {
    if (this.#trial !== undefined) return 'half-open';
    return this.#until === undefined ? 'closed' : 'open';
  }

  /** Nothing has gone wrong lately: no need to remember it. */
  get isPristine(): boolean {
    return this.#failures === 0 && this.#until === undefined;
  }

  /**
   * Whether a request may be sent now.
   *
   * @param seenAt last successful probe of the engine, epoch ms: one after the opening ends the wait
   */
  allows(seenAt?: number): boolean {
    if (this.#until === undefined) return true;
    if (this.#trial !== undefined) return false;
    return this.#clock.monotonic() >= this.#until || (seenAt !== undefined && seenAt > this.#openedWall);
  }

  /** How long until a request may be tried. 0 when one may now. */
  get retryAfterMs(): number {
    if (this.#until === undefined) return 0;
    if (this.#trial !== undefined) return this.#waitMs;
    return Math.max(0, this.#until - this.#clock.monotonic());
  }

  /** To be called when {@link allows} said so. */
  begin(): BreakerPass {
    const isTrial = this.#until !== undefined;
    const startedAt = this.#clock.monotonic();
    let isSettled = false;
    const pass: BreakerPass = {
      connected: () => {
        if (!isSettled && this.#trial === pass) this.#closeOnGuard();
      },
      settle: (outcome) => {
        if (isSettled) return;
        isSettled = true;
        const wasTrial = this.#trial === pass;
        if (wasTrial) this.#trial = undefined;
        if (outcome === 'answered') this.#close();
        else if (outcome === 'failed') this.#failed(wasTrial, startedAt);
        else if (wasTrial) this.#until = this.#clock.monotonic(); // the next one may try
      },
    };
    if (isTrial) this.#trial = pass;
    return pass;
  }

  #close(): void {
    this.#failures = 0;
    this.#waitMs = firstWaitMs;
    this.#until = undefined;
    this.#trial = undefined;
  }

  #closeOnGuard(): void {
    this.#trial = undefined;
    this.#until = undefined;
    this.#failures = failuresToOpen - 1;
    this.#waitMs = Math.min(this.#waitMs * 2, longestWaitMs);
  }

  #failed(wasTrial: boolean, startedAt: number): void {
    if (wasTrial) this.#waitMs = Math.min(this.#waitMs * 2, longestWaitMs);
    else {
      if (this.#until !== undefined) return; // open already
      if (startedAt < this.#openedAt) return; // sent before the last opening: known
      this.#failures++;
      if (this.#failures < failuresToOpen) return;
    }
    this.#openedAt = this.#clock.monotonic();
    this.#openedWall = this.#clock.now();
    this.#until = this.#openedAt + this.#waitMs;
  }
}

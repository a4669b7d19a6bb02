/** Response header: milliseconds that the request waited for its turn. */
export const queueHeader = 'x-flm-queue-ms';

/** Response header: microseconds that FLM itself worked on the request until the head of the answer went out. */
export const overheadHeader = 'x-flm-overhead-us';

/**
 * Tells FLM's own time from waiting. What is not FLM's: the body's way here, the queue, and the engine, from the moment
 * its request is handed to the connection until its answer is there (for a whole answer: all of it). Everything between
 * is: deciding, reading, routing, repairing, translating, and whatever else kept the event loop from it.
 */
export class OwnTime {
  readonly #now: () => number;
  readonly #startedAt: number;
  #waitedMs = 0;
  #waitingSince: number | undefined;

  /** @param now monotonic milliseconds */
  constructor(now: () => number) {
    this.#now = now;
    this.#startedAt = now();
  }

  /** Somebody else's turn. Calls within a wait change nothing. */
  wait(): void {
    this.#waitingSince ??= this.#now();
  }

  /** FLM's turn again. */
  resume(): void {
    if (this.#waitingSince === undefined) return;
    this.#waitedMs += this.#now() - this.#waitingSince;
    this.#waitingSince = undefined;
  }

  /** So far. */
  get us(): number {
    const until = this.#waitingSince ?? this.#now();
    return Math.max(0, Math.round((until - this.#startedAt - this.#waitedMs) * 1000));
  }
}

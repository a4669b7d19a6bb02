import type { Clock } from '../../core/clock';

/** Work between two pauses. What a stream may notice is 5 ms: the rest is for what else runs in that round. */
export const sliceMs = 2;

/**
 * Cuts long work into slices that hold nobody up: after each piece of work the worker asks whether the slice is over.
 * Asking costs 0.1 µs, so it is asked after every piece, however small: one piece alone may take long.
 */
export class Slices {
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #pause: () => Promise<void>;
  readonly #signal: AbortSignal;
  #startedAt: number;

  /** @param pause lets everything else have its turn */
  constructor(clock: Pick<Clock, 'monotonic'>, pause: () => Promise<void>, signal: AbortSignal) {
    this.#clock = clock;
    this.#pause = pause;
    this.#signal = signal;
    this.#startedAt = clock.monotonic();
  }

  get isOver(): boolean {
    return this.#clock.monotonic() - this.#startedAt >= sliceMs;
  }

  /**
   * Ends the slice; the next one begins when it resolves.
   *
   * @throws the signal's reason once it is aborted
   */
  async pause(): Promise<void> {
    await this.#pause();
    this.#signal.throwIfAborted();
    this.#startedAt = this.#clock.monotonic();
  }
}

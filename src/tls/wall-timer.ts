import type { Clock, Timer } from '../core/clock';

/**
 * Longest single wait: Node's timers overflow at 24.8 days and stand still while a machine sleeps, so the wall clock is
 * looked at once an hour.
 */
const stepMs = 60 * 60_000;

/** Calls once when the wall clock has reached a time, at most an hour late after sleep or a changed clock. */
export class WallTimer {
  readonly #clock: Clock;
  readonly #callback: () => void;
  #timer: Timer | undefined;

  constructor(clock: Clock, callback: () => void) {
    this.#clock = clock;
    this.#callback = callback;
  }

  /** Replaces the time set before. Epoch ms; what is past calls at the next turn. */
  set(at: number): void {
    this.cancel();
    const waitMs = Math.max(0, at - this.#clock.now());
    this.#timer = this.#clock.setTimeout(
      () => {
        this.#timer = undefined;
        if (this.#clock.now() < at) this.set(at);
        else this.#callback();
      },
      Math.min(waitMs, stepMs),
    );
  }

  cancel(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }
}

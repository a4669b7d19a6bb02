import type { Clock, Timer } from '../core/clock';
import type { Disposable } from '../core/disposable';

/**
 * Calls `send` at once, then at most once per interval; what came meanwhile is sent once, at the interval's end, so the
 * last value always arrives. Disposing drops what is still to come.
 */
export class Throttle implements Disposable {
  readonly #intervalMs: number;
  readonly #send: () => void;
  readonly #clock: Clock;
  #timer: Timer | undefined;
  #isDue = false;
  #isDisposed = false;

  constructor(intervalMs: number, send: () => void, clock: Clock) {
    this.#intervalMs = intervalMs;
    this.#send = send;
    this.#clock = clock;
  }

  /** Something changed. */
  trigger(): void {
    if (this.#isDisposed) return;
    this.#isDue = true;
    if (this.#timer === undefined) this.#fire();
  }

  dispose(): void {
    this.#isDisposed = true;
    this.#timer?.cancel();
  }

  #fire(): void {
    this.#timer = undefined;
    if (!this.#isDue) return;
    this.#isDue = false;
    this.#timer = this.#clock.setTimeout(() => this.#fire(), this.#intervalMs);
    this.#send();
  }
}

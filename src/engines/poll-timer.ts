import type { Clock, Timer } from '../core/clock';

/** When which address is due, and one timer for the earliest. */
export class PollTimer {
  readonly #clock: Clock;
  readonly #onDue: () => void;
  readonly #dueAt = new Map<string, number>();
  #timer: Timer | undefined;

  constructor(clock: Clock, onDue: () => void) {
    this.#clock = clock;
    this.#onDue = onDue;
  }

  /** The address is due after `delayMs`; undefined: never. Takes effect with the next `arm`. */
  set(url: string, delayMs: number | undefined): void {
    if (delayMs === undefined) this.#dueAt.delete(url);
    else this.#dueAt.set(url, this.#clock.monotonic() + delayMs);
  }

  isDue(url: string): boolean {
    return (this.#dueAt.get(url) ?? Infinity) <= this.#clock.monotonic();
  }

  /** Waits for the earliest of these addresses, and for no other. */
  arm(urls: readonly string[]): void {
    this.cancel();
    const due = Math.min(...urls.map((url) => this.#dueAt.get(url) ?? Infinity));
    if (due === Infinity) return;
    this.#timer = this.#clock.setTimeout(this.#onDue, Math.max(0, due - this.#clock.monotonic()));
  }

  cancel(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  delete(url: string): void {
    this.#dueAt.delete(url);
  }
}

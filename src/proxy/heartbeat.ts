import type { Clock, Timer } from '../core/clock';

/** A comment, which every reader of server-sent events passes over (WHATWG HTML §9.2.6). */
export const pingComment = ': ping\n\n';

/** Calls `beat` after every `everyMs` without a {@link touch}. One timer at a time, however often it is touched. */
export class Heartbeat {
  readonly #clock: Clock;
  readonly #everyMs: number;
  readonly #beat: () => void;
  #lastAt = 0;
  #timer: Timer | undefined;

  constructor(clock: Clock, everyMs: number, beat: () => void) {
    this.#clock = clock;
    this.#everyMs = everyMs;
    this.#beat = beat;
  }

  start(): void {
    this.touch();
    this.#wait(this.#everyMs);
  }

  /** Something went to the client: the silence begins anew. */
  touch(): void {
    this.#lastAt = this.#clock.monotonic();
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #wait(ms: number): void {
    this.#timer = this.#clock.setTimeout(() => {
      const silentMs = this.#clock.monotonic() - this.#lastAt;
      if (silentMs < this.#everyMs) {
        this.#wait(this.#everyMs - silentMs);
        return;
      }
      this.touch();
      this.#wait(this.#everyMs);
      this.#beat();
    }, ms);
  }
}

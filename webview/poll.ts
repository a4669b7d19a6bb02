/** Between the ends of two turns that nobody asked for by hand. */
const gapMs = 1_000;

/** Repeats something while it is wanted: at once, then a while after each end. Never two at a time. */
export class Poll {
  readonly #work: () => Promise<void>;
  readonly #everyMs: number;
  #timer: number | undefined;
  #isOn = false;
  #isBusy = false;
  #isWantedAgain = false;
  #endedAt = Number.NEGATIVE_INFINITY;

  /** `work` must not reject. */
  constructor(work: () => Promise<void>, everyMs: number) {
    this.#work = work;
    this.#everyMs = everyMs;
  }

  start(): void {
    if (this.#isOn) return;
    this.#isOn = true;
    this.now();
  }

  stop(): void {
    this.#isOn = false;
    this.#isWantedAgain = false;
    window.clearTimeout(this.#timer);
  }

  /** Now rather than later, if it is on at all: a person waits. What is under way is done once more when it has ended. */
  now(): void {
    if (!this.#isOn) return;
    if (this.#isBusy) {
      this.#isWantedAgain = true;
      return;
    }
    window.clearTimeout(this.#timer);
    void this.#run();
  }

  /** Soon, for news that may come many times a second: at most once a second. */
  soon(): void {
    if (!this.#isOn || this.#isBusy) return;
    const waitMs = this.#endedAt + gapMs - performance.now();
    if (waitMs <= 0) this.now();
    else this.#after(Math.min(waitMs, this.#everyMs));
  }

  async #run(): Promise<void> {
    this.#isBusy = true;
    await this.#work();
    this.#isBusy = false;
    this.#endedAt = performance.now();
    if (!this.#isOn) return;
    const isWantedAgain = this.#isWantedAgain;
    this.#isWantedAgain = false;
    this.#after(isWantedAgain ? 0 : this.#everyMs);
  }

  #after(ms: number): void {
    window.clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => void this.#run(), ms);
  }
}

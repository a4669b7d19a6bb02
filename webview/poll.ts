/** Repeats something while it is wanted: at once, then a while after each end. Never two at a time. */
export class Poll {
  readonly #work: () => Promise<void>;
  readonly #everyMs: number;
  #timer: number | undefined;
  #isOn = false;
  #isBusy = false;

  /** `work` must not reject. */
  constructor(work: () => Promise<void>, everyMs: number) {
    this.#work = work;
    this.#everyMs = everyMs;
  }

  start(): void {
    if (this.#isOn) return;
    this.#isOn = true;
    void this.#run();
  }

  stop(): void {
    this.#isOn = false;
    window.clearTimeout(this.#timer);
  }

  /** Now rather than later, if it is on at all. */
  now(): void {
    if (!this.#isOn || this.#isBusy) return;
    window.clearTimeout(this.#timer);
    void this.#run();
  }

  async #run(): Promise<void> {
    this.#isBusy = true;
    await this.#work();
    this.#isBusy = false;
    if (this.#isOn) this.#timer = window.setTimeout(() => void this.#run(), this.#everyMs);
  }
}

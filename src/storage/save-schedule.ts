import type { Clock, Timer } from '../core/clock';

export interface SaveTimings {
  /** Saved when nothing was written for this long. */
  readonly quietMs: number;
  /** Saved at the latest this long after the first unsaved change. */
  readonly maxDelayMs: number;
}

export const saveDefaults: SaveTimings = { quietMs: 5_000, maxDelayMs: 30_000 };

/** When to save: after a quiet period, at most a maximum delay after the first change, one save at a time. */
export class SaveSchedule {
  readonly #clock: Clock;
  readonly #timings: SaveTimings;
  readonly #save: () => Promise<boolean>;
  #firstChange: number | undefined;
  #lastChange = 0;
  #timer: Timer | undefined;
  #running: Promise<boolean> | undefined;

  /** `save` says whether it worked; it must not reject. */
  constructor(clock: Clock, timings: SaveTimings, save: () => Promise<boolean>) {
    this.#clock = clock;
    this.#timings = timings;
    this.#save = save;
  }

  get isDirty(): boolean {
    return this.#firstChange !== undefined;
  }

  changed(): void {
    this.#lastChange = this.#clock.monotonic();
    this.#firstChange ??= this.#lastChange;
    this.#timer ??= this.#clock.setTimeout(() => this.#check(), this.#timings.quietMs);
  }

  /** Saves now, after a save under way. */
  async now(): Promise<boolean> {
    await this.#running;
    this.#timer?.cancel();
    this.#timer = undefined;
    const since = this.#firstChange;
    this.#firstChange = undefined;
    this.#running = this.#save();
    const worked = await this.#running;
    this.#running = undefined;
    if (!worked) {
      this.#firstChange ??= since ?? this.#clock.monotonic();
      this.#checkIn(this.#timings.maxDelayMs); // Not before the maximum delay has passed again.
    }
    return worked;
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #checkIn(delayMs: number): void {
    this.#timer?.cancel();
    this.#timer = this.#clock.setTimeout(() => this.#check(), delayMs);
  }

  #check(): void {
    this.#timer = undefined;
    if (this.#firstChange === undefined) return;
    if (this.#running !== undefined) {
      this.#checkIn(this.#timings.quietMs);
      return;
    }
    const now = this.#clock.monotonic();
    const dueAt = Math.min(this.#lastChange + this.#timings.quietMs, this.#firstChange + this.#timings.maxDelayMs);
    if (now >= dueAt) void this.now();
    else this.#checkIn(dueAt - now);
  }
}

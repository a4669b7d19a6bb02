import type { Clock, Timer } from '../core/clock';

export interface SaveTimings {
  /** Saved when nothing was written for this long. */
  readonly quietMs: number;
  /** Saved at the latest this long after the first unsaved change, unless a long save was just before it. */
  readonly maxDelayMs: number;
  /**
   * After a save, so many times its length pass before the next, at most 5 minutes: a large database is written as a
   * whole, and one request every few seconds would otherwise cost 100 ms and 60 MB of disk each. The journal has what is
   * not saved.
   */
  readonly restFactor: number;
}

export const saveDefaults: SaveTimings = { quietMs: 5_000, maxDelayMs: 30_000, restFactor: 200 };

const maxRestMs = 5 * 60_000;

/**
 * When to save: after a quiet period, at most a maximum delay after the first change, one save at a time, and for a
 * large database not more than about half a percent of the time.
 */
export class SaveSchedule {
  readonly #clock: Clock;
  readonly #timings: SaveTimings;
  readonly #save: () => Promise<boolean>;
  #firstChange: number | undefined;
  #lastChange = 0;
  #timer: Timer | undefined;
  #running: Promise<boolean> | undefined;
  #restUntil = Number.NEGATIVE_INFINITY;
  #isStopped = false;

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
    if (this.#timer === undefined) this.#checkIn(this.#timings.quietMs);
  }

  /** Saves now, after a save under way. */
  async now(): Promise<boolean> {
    await this.#running;
    this.#timer?.cancel();
    this.#timer = undefined;
    const since = this.#firstChange;
    this.#firstChange = undefined;
    const begin = this.#clock.monotonic();
    this.#running = this.#save();
    const worked = await this.#running;
    this.#running = undefined;
    const end = this.#clock.monotonic();
    this.#restUntil = end + Math.min((end - begin) * this.#timings.restFactor, maxRestMs);
    if (!worked) {
      this.#firstChange ??= since ?? this.#clock.monotonic();
      this.#checkIn(this.#timings.maxDelayMs); // Not before the maximum delay has passed again.
    }
    return worked;
  }

  /** For good: nothing is saved any more, whatever changes, except by {@link now}. */
  stop(): void {
    this.#isStopped = true;
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #checkIn(delayMs: number): void {
    if (this.#isStopped) return;
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
    const { quietMs, maxDelayMs } = this.#timings;
    const dueAt = Math.max(Math.min(this.#lastChange + quietMs, this.#firstChange + maxDelayMs), this.#restUntil);
    if (now >= dueAt) void this.now();
    else this.#checkIn(dueAt - now);
  }
}

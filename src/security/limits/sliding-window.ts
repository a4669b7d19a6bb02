/**
 * Counts events in the last `widthMs`: the running window plus the share of the one before that still overlaps. Three
 * numbers per counter; the error against an exact log is a few percent for steady traffic, none for bursts inside one
 * window.
 */
export class SlidingWindow {
  readonly #widthMs: number;
  #start = -Infinity;
  #count = 0;
  #before = 0;

  constructor(widthMs: number) {
    this.#widthMs = widthMs;
  }

  /** Start of the running window: names it. */
  get start(): number {
    return this.#start;
  }

  add(now: number, amount = 1): number {
    this.#roll(now);
    this.#count += amount;
    return this.#estimate(now);
  }

  /** Events in the last window, without adding one. */
  count(now: number): number {
    this.#roll(now);
    return this.#estimate(now);
  }

  /** Milliseconds until `limit` is no longer reached if nothing more comes. */
  msUntilBelow(limit: number, now: number): number {
    this.#roll(now);
    if (this.#estimate(now) < limit) return 0;
    const passed = now - this.#start;
    if (this.#count < limit && this.#before > 0) {
      const share = (limit - this.#count) / this.#before;
      return Math.max(1, (1 - share) * this.#widthMs - passed);
    }
    const share = this.#count === 0 ? 1 : Math.min(1, limit / this.#count);
    return Math.max(1, this.#widthMs - passed + (1 - share) * this.#widthMs);
  }

  #estimate(now: number): number {
    const passed = (now - this.#start) / this.#widthMs;
    return this.#count + this.#before * Math.max(0, 1 - passed);
  }

  #roll(now: number): void {
    const passed = now - this.#start;
    if (passed < this.#widthMs) return;
    const aligned = Math.floor(now / this.#widthMs) * this.#widthMs;
    this.#before = passed < 2 * this.#widthMs ? this.#count : 0;
    this.#count = 0;
    this.#start = aligned;
  }
}

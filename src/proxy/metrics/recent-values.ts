/** The last values of something, for percentiles that follow what happens now. Fixed size. */
export class RecentValues {
  readonly #values: Float64Array;
  #count = 0;

  constructor(size: number) {
    this.#values = new Float64Array(size);
  }

  add(value: number): void {
    this.#values[this.#count % this.#values.length] = value;
    this.#count++;
  }

  /** How many values the percentiles speak of. */
  get size(): number {
    return Math.min(this.#count, this.#values.length);
  }

  /** How many are above `low` and not above `high`. */
  countIn(low: number, high: number): number {
    return this.#values.slice(0, this.size).filter((value) => value > low && value <= high).length;
  }

  /**
   * By nearest rank: a value that was measured, never one between two.
   *
   * @param shares 0.5 for the median
   */
  percentiles(...shares: readonly number[]): readonly number[] {
    const sorted = this.#values.slice(0, this.size).sort();
    return shares.map((share) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? NaN);
  }
}

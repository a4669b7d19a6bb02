/** How many there are now of each key. A key of which nothing is left is not kept, so it is as large as what is counted. */
export class KeyedCount {
  readonly #counts = new Map<string, number>();

  /** Keys with something left. */
  get size(): number {
    return this.#counts.size;
  }

  of(key: string): number {
    return this.#counts.get(key) ?? 0;
  }

  /** Answers how many there are then. */
  add(key: string, count = 1): number {
    const now = this.of(key) + count;
    this.#counts.set(key, now);
    return now;
  }

  /** Takes back what was added. */
  remove(key: string, count = 1): void {
    const left = this.of(key) - count;
    if (left > 0) this.#counts.set(key, left);
    else this.#counts.delete(key);
  }
}

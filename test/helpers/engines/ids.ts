const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** Ids that look like an engine's and are the same in every run. */
export class IdSequence {
  #next = 0;

  /** `count` letters and digits. */
  take(count: number): string {
    this.#next += 1;
    let state = (this.#next * 0x9e3779b1) >>> 0;
    let id = '';
    for (let index = 0; index < count; index += 1) {
      state = (Math.imul(state ^ (state >>> 15), 0x85ebca6b) + 0x6d2b79f5) >>> 0;
      id += letters[(state >>> 8) % letters.length] ?? 'x';
    }
    return id;
  }

  /** A number below `limit`, one after the other. */
  number(limit: number): number {
    this.#next += 1;
    return this.#next % limit;
  }

  uuid(): string {
    const hex = Buffer.from(this.take(16)).toString('hex');
    return [
      hex.slice(0, 8),
      hex.slice(8, 12),
      `4${hex.slice(13, 16)}`,
      `a${hex.slice(17, 20)}`,
      hex.slice(20, 32),
    ].join('-');
  }
}

/** Now as engines print it in `created`. */
export function epochSeconds(): number {
  return Math.floor(Date.now() / 1000);
}

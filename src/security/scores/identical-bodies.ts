import { SlidingWindow } from '../limits/sliding-window';

/** The same inference body over and over. */
export class IdenticalBodies {
  #hash = '';
  #rate = new SlidingWindow(60_000);
  #overSince: number | undefined;

  /** Notes a body; answers for how many ms the same one has come faster than `perMinute`. */
  add(hash: string, now: number, perMinute: number): number {
    if (hash !== this.#hash) {
      this.#hash = hash;
      this.#rate = new SlidingWindow(60_000);
      this.#overSince = undefined;
    }
    const rate = this.#rate.add(now);
    if (rate <= perMinute) this.#overSince = undefined;
    else this.#overSince ??= now;
    return this.#overSince === undefined ? 0 : now - this.#overSince;
  }
}

import type { SecurityPolicy } from '../../core/policy-schema';
import { hashText } from '../text-hash';

type Rules = SecurityPolicy['authFailures'];

/** Wrong keys remembered per address: more than the highest step of any ladder needs. */
const MAX_ATTEMPTS = 64;

/**
 * Wrong keys tried from one address. What counts is how many *different* keys: a tool with a stale key repeats one
 * mistake, a guesser makes new ones. The same key again counts once per `sameKeySeconds`, and repetitions of a single
 * key never block by themselves.
 */
export class AuthFailures {
  /** Attempt → when it last counted. Salted hashes already, cut to four bytes: there may be 640,000. */
  readonly #attempts = new Map<number, number>();
  #repeats = 0;
  #lastAt = -Infinity;
  #stepsTaken = 0;

  get distinct(): number {
    return this.#attempts.size;
  }

  /** Notes a failure; answers the rung of the ladder it reaches for the first time, if any. */
  record(
    attempt: string,
    now: number,
    rules: Rules,
  ): { readonly failures: number; readonly minutes: number | null } | undefined {
    if (now - this.#lastAt > rules.forgetMinutes * 60_000) this.reset();
    this.#lastAt = now;
    const key = hashText(attempt);
    const last = this.#attempts.get(key);
    if (last === undefined) {
      if (this.#attempts.size >= MAX_ATTEMPTS) return undefined;
      this.#attempts.set(key, now);
    } else if (now - last >= rules.sameKeySeconds * 1000) {
      this.#attempts.set(key, now);
      this.#repeats++;
    }
    const failures = this.distinct >= 2 ? this.counted : this.distinct;
    const reached = rules.ladder.filter((step) => failures >= step.failures);
    if (reached.length <= this.#stepsTaken) return undefined;
    this.#stepsTaken = reached.length;
    return reached.at(-1);
  }

  /** Failures as people count them: different keys, and repetitions of one key at most every 30 s. */
  get counted(): number {
    return this.distinct + this.#repeats;
  }

  reset(): void {
    this.#attempts.clear();
    this.#repeats = 0;
    this.#stepsTaken = 0;
  }
}

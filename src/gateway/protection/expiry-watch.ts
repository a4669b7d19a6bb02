import type { ApiKey } from '../../core/api-key';
import type { Clock, Timer } from '../../core/clock';
import type { Disposable } from '../../core/disposable';

/** Longest wait of one timer: expiries lie years ahead, timers end at 24 days, and laptops sleep. */
const longestWaitMs = 10 * 60_000;
/** A timer may fire a little early. */
const shortestWaitMs = 50;

/** What ends by itself: a key, a share. */
export type Ending = Pick<ApiKey, 'expiresAt' | 'revokedAt'>;

/** Tells when a key or a share ends by itself: with the last one, sharing beyond this machine has to end. */
export class ExpiryWatch implements Disposable {
  readonly #endings: () => readonly Ending[];
  readonly #onExpiry: () => void;
  readonly #clock: Clock;
  #timer: Timer | undefined;

  constructor(endings: () => readonly Ending[], onExpiry: () => void, clock: Clock) {
    this.#endings = endings;
    this.#onExpiry = onExpiry;
    this.#clock = clock;
  }

  /** Looks for the next expiry anew: at the start, and whenever they changed. */
  renew(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    const now = this.#clock.now();
    const coming = this.#endings().flatMap(({ revokedAt, expiresAt }) =>
      revokedAt === undefined && expiresAt !== undefined && expiresAt > now ? [expiresAt] : [],
    );
    if (coming.length === 0) return;
    const next = coming.reduce((first, one) => Math.min(first, one));
    const waitMs = Math.min(longestWaitMs, Math.max(shortestWaitMs, next - now));
    this.#timer = this.#clock.setTimeout(() => {
      this.renew();
      // Asked after: what `renew` no longer waits for is over now, too.
      if (next <= this.#clock.now()) this.#onExpiry();
    }, waitMs);
  }

  dispose(): void {
    this.#timer?.cancel();
  }
}

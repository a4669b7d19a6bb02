import type { Clock } from '../../core/clock';
import type { SeenLease } from './lease-reader';

/** Seven heartbeats, far more than a busy disk costs … */
export const stoppedAfterMs = 15_000;
/** … seen in several looks, since a machine that slept makes time pass without anybody's heart beating. */
export const looksNeeded = 3;

/**
 * Tells whether the owner of a lease still renews it, by comparing what is seen with what was seen: the file's time
 * against itself and our own steady clock, never one clock against another, so that a clock that jumps kills nobody.
 */
export class HeartbeatWatch {
  readonly #clock: Clock;
  #nonce: string | undefined;
  #beatAt = 0;
  #unchangedSince = 0;
  #looks = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** To be asked every few seconds: true once the same beat has been seen for 15 s and three times again. */
  hasStopped({ lease, beatAt }: SeenLease): boolean {
    const now = this.#clock.monotonic();
    if (lease.nonce !== this.#nonce || beatAt !== this.#beatAt) {
      this.#nonce = lease.nonce;
      this.#beatAt = beatAt;
      this.#unchangedSince = now;
      this.#looks = 0;
    } else this.#looks += 1;
    return this.#looks >= looksNeeded && now - this.#unchangedSince >= stoppedAfterMs;
  }
}

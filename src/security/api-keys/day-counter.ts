import type { DayMeter } from '../../core/authenticator';
import type { Clock } from '../../core/clock';

/** What was counted before this process began. */
export interface CountedDay {
  readonly keyId: string;
  /** Days since 1970-01-01 UTC. */
  readonly day: number;
  readonly count: number;
}

const dayMs = 86_400_000;

/** Tokens or requests per key on the running UTC day. Begins with what storage counted; storage counts on by itself. */
export class DayCounter implements DayMeter {
  readonly #clock: Pick<Clock, 'now'>;
  #day: number;
  #counts = new Map<string, number>();

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock;
    this.#day = this.#today();
  }

  /** Takes what storage knows, once it is open. */
  load(counted: readonly CountedDay[]): void {
    this.#turnDay();
    for (const { keyId, day, count } of counted) if (day === this.#day) this.add(keyId, count);
  }

  usedToday(keyId: string): number {
    this.#turnDay();
    return this.#counts.get(keyId) ?? 0;
  }

  add(keyId: string, count: number): void {
    this.#turnDay();
    this.#counts.set(keyId, Math.max(0, (this.#counts.get(keyId) ?? 0) + count));
  }

  #today(): number {
    return Math.floor(this.#clock.now() / dayMs);
  }

  /** A clock set back does not give the day's share a second time. */
  #turnDay(): void {
    const today = this.#today();
    if (today <= this.#day) return;
    this.#day = today;
    this.#counts = new Map();
  }
}

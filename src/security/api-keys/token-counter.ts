import type { TokenMeter } from '../../core/authenticator';
import type { Clock } from '../../core/clock';

/** What was counted before this process began. */
export interface CountedDay {
  readonly keyId: string;
  /** Days since 1970-01-01 UTC. */
  readonly day: number;
  readonly tokens: number;
}

const dayMs = 86_400_000;

/** Tokens per key on the running UTC day. Begins with what storage counted; storage counts on by itself. */
export class TokenCounter implements TokenMeter {
  readonly #clock: Pick<Clock, 'now'>;
  #day: number;
  #tokens = new Map<string, number>();

  constructor(clock: Pick<Clock, 'now'>, counted: readonly CountedDay[] = []) {
    this.#clock = clock;
    this.#day = this.#today();
    for (const { keyId, day, tokens } of counted) if (day === this.#day) this.#tokens.set(keyId, tokens);
  }

  usedToday(keyId: string): number {
    this.#turnDay();
    return this.#tokens.get(keyId) ?? 0;
  }

  add(keyId: string, tokens: number): void {
    this.#turnDay();
    this.#tokens.set(keyId, (this.#tokens.get(keyId) ?? 0) + Math.max(0, tokens));
  }

  #today(): number {
    return Math.floor(this.#clock.now() / dayMs);
  }

  /** A clock set back does not give the day's tokens a second time. */
  #turnDay(): void {
    const today = this.#today();
    if (today <= this.#day) return;
    this.#day = today;
    this.#tokens = new Map();
  }
}

import type { KeyScope } from '../../core/api-key';
import type { Clock } from '../../core/clock';
import { SlidingWindow } from '../sliding-window';
import type { TokenCounter } from './token-counter';

/** How a key stands with one of its limits. */
export interface LimitFacts {
  readonly limit: number;
  readonly used: number;
  readonly remaining: number;
  /** Seconds until there is room again; 0 when there is. */
  readonly resetSec: number;
  readonly isExceeded: boolean;
}

const minuteMs = 60_000;

/**
 * Requests per minute, tokens per day and concurrency of keys. Reports facts and decides nothing; a limit the scope
 * does not set is undefined. Windows and slots live in memory, tokens of the day survive a restart. As many entries as
 * there are keys.
 */
export class KeyLimits {
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #tokens: TokenCounter;
  readonly #windows = new Map<string, SlidingWindow>();
  readonly #running = new Map<string, number>();

  constructor(clock: Pick<Clock, 'monotonic'>, tokens: TokenCounter) {
    this.#clock = clock;
    this.#tokens = tokens;
  }

  /** Counts a request, unless it is one too many. */
  takeRequest(keyId: string, scope: KeyScope): LimitFacts | undefined {
    const limit = scope.requestsPerMinute;
    if (limit === undefined) return undefined;
    const window = this.#window(keyId);
    const now = this.#clock.monotonic();
    const before = window.count(now);
    const isExceeded = before + 1 > limit;
    const used = isExceeded ? before : window.add(now);
    return facts(limit, used, isExceeded ? window.msUntilBelow(limit, now) : 0, isExceeded);
  }

  tokensToday(keyId: string, scope: KeyScope): LimitFacts | undefined {
    const limit = scope.tokensPerDay;
    if (limit === undefined) return undefined;
    const used = this.#tokens.usedToday(keyId);
    const isExceeded = used >= limit;
    return facts(limit, used, isExceeded ? this.#tokens.msUntilReset() : 0, isExceeded);
  }

  /** Takes one of the key's places; give it back with {@link leave}, exactly once, if it was not exceeded. */
  enter(keyId: string, scope: KeyScope): LimitFacts | undefined {
    const running = this.#running.get(keyId) ?? 0;
    const limit = scope.concurrency;
    const isExceeded = limit !== undefined && running >= limit;
    if (!isExceeded) this.#running.set(keyId, running + 1);
    return limit === undefined
      ? undefined
      : facts(limit, running + (isExceeded ? 0 : 1), isExceeded ? 1_000 : 0, isExceeded);
  }

  leave(keyId: string): void {
    const running = (this.#running.get(keyId) ?? 0) - 1;
    if (running > 0) this.#running.set(keyId, running);
    else this.#running.delete(keyId);
  }

  /** Tokens are known when a request is settled. */
  addTokens(keyId: string, tokens: number): void {
    this.#tokens.add(keyId, tokens);
  }

  /** Forgets a key that is gone. */
  forget(keyId: string): void {
    this.#windows.delete(keyId);
    this.#running.delete(keyId);
  }

  #window(keyId: string): SlidingWindow {
    let window = this.#windows.get(keyId);
    if (window === undefined) {
      window = new SlidingWindow(minuteMs);
      this.#windows.set(keyId, window);
    }
    return window;
  }
}

function facts(limit: number, used: number, resetMs: number, isExceeded: boolean): LimitFacts {
  const remaining = Math.max(0, Math.floor(limit - used));
  return { limit, used, remaining, resetSec: Math.ceil(resetMs / 1000), isExceeded };
}

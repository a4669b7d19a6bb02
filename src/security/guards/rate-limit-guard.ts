import type { Clock } from '../../core/clock';
import { BoundedMap } from '../bounded-map';
import { isUnlimited } from '../blocks/protected-addresses';
import type { Guard, GuardContext, Verdict } from './guard';
import { rateHeaders } from '../limits/rate-headers';
import { SlidingWindow } from '../limits/sliding-window';

const MINUTE_MS = 60_000;

/**
 * Requests per minute, per address and per key; both apply, and the one that refuses is told in the headers. A key's own
 * limit stands in for the policy's and holds in observe mode too: it was promised to the person who shares the key.
 * Programs on this machine, trusted proxies and the allowlist have no address limit. Sliding windows: no burst of twice
 * the limit at a border.
 */
export class RateLimitGuard implements Guard {
  readonly id = 'rate-limit';
  readonly service = 'rateLimits';
  readonly isDetector = false;
  readonly looksOnAfterRefusal = false;
  readonly #keys: BoundedMap<string, SlidingWindow>;

  constructor(clock: Clock) {
    this.#keys = new BoundedMap({ maxEntries: 10_000, ttlMs: 10 * MINUTE_MS }, clock);
  }

  /** Forgets what keys have sent. */
  forget(): void {
    this.#keys.clear();
  }

  check(context: GuardContext): Verdict | undefined {
    const byKey = this.#key(context);
    if (byKey?.refusal !== undefined) return byKey;
    return this.#address(context) ?? byKey;
  }

  #key({ auth, now, policy }: GuardContext): Verdict | undefined {
    if (auth?.ok !== true || auth.identity.type !== 'key') return undefined;
    const own = auth.scope?.requestsPerMinute;
    const limit = own ?? policy.rateLimits.keyPerMinute;
    const window = this.#keys.getOrCreate(auth.identity.keyId, () => new SlidingWindow(MINUTE_MS));
    const verdict = decide('key', 'this API key', limit, window, now, window.count(now));
    return own === undefined ? verdict : { ...verdict, holdsInObserve: true };
  }

  #address({ facts, protection, tracked, now, policy }: GuardContext): Verdict | undefined {
    if (facts.isDirectLocal || isUnlimited(protection)) return undefined;
    // The gate has counted this request already.
    const { minute } = tracked;
    const verdict = decide(
      'address',
      'your address',
      policy.rateLimits.addressPerMinute,
      undefined,
      now,
      minute.count(now) - 1,
      minute,
    );
    return verdict.refusal === undefined ? undefined : verdict;
  }
}

function decide(
  name: 'key' | 'address',
  whose: string,
  limit: number,
  counted: SlidingWindow | undefined,
  now: number,
  before: number,
  window: SlidingWindow = counted as SlidingWindow,
): Verdict {
  const isOver = before + 1 > limit;
  if (!isOver) counted?.add(now);
  const waitMs = isOver ? window.msUntilBelow(limit, now) : 0;
  const headers = rateHeaders(
    name,
    limit,
    60,
    isOver ? limit : before + 1,
    isOver ? waitMs : MINUTE_MS - (now - window.start),
  );
  if (!isOver) return { headers };
  return {
    headers,
    refusal: {
      rule: `rate-limit.${name}`,
      code: 'rate_limited',
      message: `Too many requests: ${whose} may send ${limit} a minute. Wait, then try again.`,
      retryAfterSec: Math.max(1, Math.ceil(waitMs / 1000)),
      headers,
    },
  };
}

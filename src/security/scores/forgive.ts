import { makeRange, parseRange } from '../../core/ip-range';
import { RangeIndex } from '../../core/range-index';
import type { BoundedMap } from '../bounded-map';
import type { TrackedAddress } from './tracked-address';

/** Forgets what was held against the addresses of ranges. Looks at every address that is remembered: for people only. */
export function forgiveRanges(tracked: BoundedMap<string, TrackedAddress>, texts: readonly string[]): void {
  const lifted = new RangeIndex<true>();
  for (const text of texts) {
    const range = parseRange(text);
    if (range === undefined) continue;
    lifted.set(range, true);
    // Scores of IPv6 key on the /64 around it.
    if (range.isV6 && range.prefix > 64) tracked.get(makeRange(range, 64).text)?.forgive();
  }
  for (const key of [...tracked.keys()]) {
    const own = parseRange(key);
    if (own !== undefined && lifted.find(own) !== undefined) tracked.get(key)?.forgive();
  }
}

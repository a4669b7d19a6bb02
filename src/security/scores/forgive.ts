import { addressBits, makeRange, parseRange, type IpRange } from '../../core/ip-range';
import { RangeIndex } from '../../core/range-index';
import type { BoundedMap } from '../bounded-map';
import type { TrackedAddress } from './tracked-address';

type Tracked = Pick<BoundedMap<string, TrackedAddress>, 'get' | 'keys'>;

/** IPv6 scores key on the /64; of networks up to this size each /64 is looked up by itself. */
const enumeratedFrom = 56;

/**
 * Forgets what was held against the addresses of ranges. Microseconds for a single address or what FLM blocks by itself;
 * wider ranges look at every address that is remembered: about 2 ms for IPv4, 40 ms for IPv6.
 */
export function forgiveRanges(tracked: Tracked, texts: readonly string[]): void {
  const wide = new RangeIndex<true>();
  let hasWideV6 = false;
  for (const text of texts) {
    const range = parseRange(text);
    if (range === undefined) continue;
    const keys = keysOf(range);
    for (const key of keys ?? []) tracked.get(key)?.forgive();
    if (keys !== undefined) continue;
    wide.set(range, true);
    hasWideV6 ||= range.isV6;
  }
  if (wide.size === 0) return;
  for (const key of [...tracked.keys()]) {
    const isV6 = key.includes(':');
    if (isV6 && !hasWideV6) continue;
    const bits = addressBits(isV6 ? key.replace(/\/64$/, '') : key);
    if (bits !== undefined && wide.find(bits) !== undefined) tracked.get(key)?.forgive();
  }
}

/** What addresses of a small range are remembered by; undefined where there are too many. */
function keysOf(range: IpRange): readonly string[] | undefined {
  if (!range.isV6) return range.prefix === 32 ? [range.text] : undefined;
  if (range.prefix >= 64) return [makeRange(range, 64).text];
  if (range.prefix < enumeratedFrom) return undefined;
  const [hi, lo] = range.words;
  return Array.from(
    { length: 2 ** (64 - range.prefix) },
    (_, index) => makeRange({ isV6: true, words: [hi, (lo | index) >>> 0, 0, 0] }, 64).text,
  );
}

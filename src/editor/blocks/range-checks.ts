import { isLoopbackAddress } from '../../core/address';
import { parseRange, type IpRange } from '../../core/ip-range';
import type { Localizer } from '../localizer';

/** A text with a port or scheme around an address: what people paste from a log. */
const decorated = /^(?:https?:\/\/)?(?:\[([\da-f:.]+)\]|(\d{1,3}(?:\.\d{1,3}){3}))(?::\d{1,5})?\/?$/i;

/** The range somebody means: an address or CIDR range, also as a log prints it (`203.0.113.9:4711`, `http://[::1]:80/`). */
export function readRange(text: string): IpRange | undefined {
  const trimmed = text.trim();
  const match = decorated.exec(trimmed);
  return parseRange(match?.[1] ?? match?.[2] ?? trimmed);
}

/** What is wrong with a range to be allowed. */
export function rangeProblem(l10n: Localizer, text: string): string | undefined {
  return readRange(text) === undefined
    ? l10n.t('Write an IP address such as 203.0.113.9 or a range such as 203.0.113.0/24. Host names do not work here.')
    : undefined;
}

/**
 * What is wrong with a range to be blocked. The gateway has the last word: it also knows this machine's addresses and
 * the allowlist.
 */
export function blockProblem(l10n: Localizer, text: string): string | undefined {
  const range = readRange(text);
  if (range === undefined) return rangeProblem(l10n, text);
  // The same limits as the gateway's: wider is half a continent.
  if (range.prefix < (range.isV6 ? 16 : 4)) return l10n.t('This range covers a large part of the internet.');
  const first = range.text.split('/')[0] ?? '';
  return isLoopbackAddress(first) ? l10n.t('This is this machine itself, which is never blocked.') : undefined;
}

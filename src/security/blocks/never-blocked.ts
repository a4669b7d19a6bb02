import { parseRange, rangeContains, type IpRange } from '../../core/ip-range';
import { RangeIndex } from '../../core/range-index';
import type { OwnAddresses, Protection } from './protected-addresses';
import type { Allowlist } from './allowlist';

/** Who is never blocked, whatever happens: this machine, proxies through which strangers come, and the allowlist. */
export class NeverBlocked {
  readonly #own: OwnAddresses;
  readonly #allowlist: Pick<Allowlist, 'has' | 'covering'>;
  #proxyRanges: readonly IpRange[] = [];
  #proxies = new RangeIndex<true>();

  constructor(own: OwnAddresses, allowlist: Pick<Allowlist, 'has' | 'covering'>) {
    this.#own = own;
    this.#allowlist = allowlist;
  }

  /** Proxies whose headers are believed. Replaces the former ones. */
  setTrustedProxies(ranges: readonly string[]): void {
    this.#proxyRanges = ranges.flatMap((text) => parseRange(text) ?? []);
    this.#proxies = new RangeIndex();
    for (const range of this.#proxyRanges) this.#proxies.set(range, true);
  }

  /** Why the address can never be blocked; undefined for all others. */
  protectionOf(address: string): Protection | undefined {
    const own = this.#own.protectionOf(address);
    if (own !== undefined) return own;
    if (this.#allowlist.has(address)) return 'allowlist';
    return this.#isProxy(address) ? 'trusted-proxy' : undefined;
  }

  /**
   * Why a caller can never be blocked. A program on this machine may stand beside a trusted proxy at the same address;
   * everybody else there is behind it.
   */
  protectionOfCaller(address: string, isDirectLocal: boolean): Protection | undefined {
    return !isDirectLocal && this.#isProxy(address) ? 'trusted-proxy' : this.protectionOf(address);
  }

  /** Why a range cannot be blocked, in words; undefined when it can. */
  refusalOf(text: string): string | undefined {
    const range = parseRange(text);
    if (range === undefined) return 'is no IP address or CIDR range';
    if (range.prefix < (range.isV6 ? 16 : 4)) return 'covers a large part of the internet';
    if (this.#own.covers(range) !== undefined) return 'is this machine';
    const isSingle = !range.text.includes('/');
    if (isSingle && this.#own.protectionOf(range.text) !== undefined) return 'is this machine';
    if (this.#proxyRanges.some((proxies) => rangeContains(proxies, range))) return 'is a trusted proxy';
    const allowed = this.#allowlist.covering(range);
    return allowed === undefined ? undefined : `is on the allowlist (${allowed.range})`;
  }

  #isProxy(address: string): boolean {
    return this.#proxies.size > 0 && this.#proxies.find(address) !== undefined;
  }
}

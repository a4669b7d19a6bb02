import { isLoopbackAddress, isUnspecifiedAddress, parseAddress } from '../../core/address';
import { parseV4, type IpRange } from '../../core/ip-range';

/** Why an address can never be blocked. */
export type Protection = 'loopback' | 'own' | 'unix-socket' | 'allowlist' | 'trusted-proxy';

/** Not a caller of its own: requests are neither limited nor held against the address. */
export function isUnlimited(protection: Protection | undefined): boolean {
  return protection === 'allowlist' || protection === 'trusted-proxy';
}

/** Addresses of this machine's interfaces, as `os.networkInterfaces()` tells them. */
export type ListOwnAddresses = () => readonly string[];

/**
 * Knows which addresses are this machine: 127.0.0.0/8, ::1, ::ffff:127.0.0.0/104, Unix sockets and every address of an
 * interface. Interfaces come and go (VPN, Wi-Fi), so the list is read again when older than {@link refreshMs}.
 */
export class OwnAddresses {
  static readonly refreshMs = 30_000;
  readonly #list: ListOwnAddresses;
  readonly #now: () => number;
  #known: ReadonlySet<string> = new Set();
  #readAt = -Infinity;

  constructor(list: ListOwnAddresses, monotonic: () => number) {
    this.#list = list;
    this.#now = monotonic;
  }

  protectionOf(address: string): Protection | undefined {
    if (address === '') return 'unix-socket';
    const v4 = parseV4(address);
    if (v4 === undefined ? isLoopbackAddress(address) : v4 >>> 24 === 127) return 'loopback';
    if (v4 === undefined ? isUnspecifiedAddress(address) : v4 === 0) return 'own';
    this.#refresh();
    return this.#known.has(address) ? 'own' : undefined;
  }

  /** Whether a range is nothing but this machine. */
  covers(range: IpRange): Protection | undefined {
    const first = range.text.split('/')[0] ?? '';
    if (!range.isV6 && range.prefix >= 8 && first.startsWith('127.')) return 'loopback';
    return range.prefix === (range.isV6 ? 128 : 32) ? this.protectionOf(first) : undefined;
  }

  #refresh(): void {
    const now = this.#now();
    if (now - this.#readAt < OwnAddresses.refreshMs) return;
    this.#readAt = now;
    try {
      this.#known = new Set(this.#list().flatMap((text) => parseAddress(text)?.toString() ?? []));
    } catch {
      // Keep what was known: forgetting an own address could lock its owner out.
    }
  }
}

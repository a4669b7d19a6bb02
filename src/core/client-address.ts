import { isLoopbackAddress, normalizeAddress, parseAddress } from './address';
import type { RangeIndex } from './range-index';

/** Hops followed back through proxies; more is a forged list. */
export const maxForwardedHops = 20;

/** Headers that only a proxy or tunnel in front adds. */
const forwardingHeaders: ReadonlySet<string> = new Set([
  'forwarded',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-real-ip',
  'x-client-ip',
  'true-client-ip',
  'cf-connecting-ip',
  'cf-ray',
  'cdn-loop',
  'fly-client-ip',
  'fastly-client-ip',
  'x-original-forwarded-for',
  'ngrok-trace-id',
  'tailscale-user-login',
  'via',
]);

export interface ClientAddress {
  /** Who is asking, normalised. */
  readonly address: string;
  /** Peer of the socket, normalised. */
  readonly socketAddress: string;
  /** From this machine, with no sign of anything in front. */
  readonly isDirectLocal: boolean;
  /** Loopback peer with forwarding headers, but no trust configured: every stranger looks local. */
  readonly isTunnel: boolean;
  /** Addresses were taken from a header of a trusted proxy. */
  readonly isForwarded: boolean;
}

/**
 * Finds who is asking. Headers count only when the peer is a trusted proxy; then the list is walked from the right,
 * where our own proxies write, over trusted hops to the first address nobody vouches for. What stands further left was
 * written by the client and means nothing (FastChat#3784 and many others). Tokens that are no address are skipped.
 *
 * `Forwarded` (RFC 7239) wins over `X-Forwarded-For` when both are there. Costs a microsecond without headers. Never
 * throws.
 */
export function resolveClientAddress(
  socketAddress: string,
  rawHeaders: readonly string[],
  trustedProxies: Pick<RangeIndex<unknown>, 'find'>,
): ClientAddress {
  const peer = normalizeAddress(socketAddress);
  const forwarded: string[] = [];
  const xForwardedFor: string[] = [];
  let hasForwarding = false;
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const name = (rawHeaders[i] ?? '').toLowerCase();
    if (!forwardingHeaders.has(name)) continue;
    hasForwarding = true;
    const value = rawHeaders[i + 1] ?? '';
    if (name === 'forwarded') forwarded.push(value);
    else if (name === 'x-forwarded-for') xForwardedFor.push(value);
  }
  const isLoopback = isLoopbackAddress(peer);
  const isTrusted = hasForwarding && trustedProxies.find(peer) !== undefined;
  if (!isTrusted) {
    return {
      address: peer,
      socketAddress: peer,
      isDirectLocal: isLoopback && !hasForwarding,
      isTunnel: isLoopback && hasForwarding,
      isForwarded: false,
    };
  }

  const hops = forwarded.length > 0 ? forwardedHops(forwarded.join(',')) : plainHops(xForwardedFor.join(','));
  let client: string | undefined;
  for (const hop of hops.slice(-maxForwardedHops).reverse()) {
    const address = readHop(hop);
    if (address === undefined) continue;
    client = address;
    if (trustedProxies.find(address) === undefined) break;
  }
  return {
    address: client ?? peer,
    socketAddress: peer,
    isDirectLocal: false,
    isTunnel: false,
    isForwarded: client !== undefined,
  };
}

function plainHops(list: string): string[] {
  return list.slice(-4096).split(',');
}

/** The `for=` parameters of a Forwarded header, left to right. */
function forwardedHops(list: string): string[] {
  return list
    .slice(-4096)
    .split(',')
    .map((element) => /(?:^|;)\s*for\s*=\s*("[^"]*"|[^;\s]+)/i.exec(element)?.[1] ?? '');
}

/** `203.0.113.9`, `203.0.113.9:4711`, `"[2001:db8::1]:4711"`; not `unknown`, not `_hidden`. */
function readHop(token: string): string | undefined {
  const bare = token.trim().replace(/^"(.*)"$/, '$1');
  const withoutPort = /^\[([^\]]+)\](?::\d{1,5})?$/.exec(bare)?.[1] ?? /^([\d.]+):\d{1,5}$/.exec(bare)?.[1] ?? bare;
  return parseAddress(withoutPort)?.toString();
}

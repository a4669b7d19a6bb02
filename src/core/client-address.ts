import { isLoopbackAddress, normalizeAddress, parseAddress } from './address';
import { forwardingHeader, type HeaderValues } from './forwarding-header';
import type { RangeIndex } from './range-index';

/** Hops followed back through proxies; more is a forged list. */
export const maxForwardedHops = 20;

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
 * Where both are there, `X-Forwarded-For` counts and `Forwarded` (RFC 7239) does not: nearly every proxy writes the first
 * and hands on the second as its client sent it. One that writes only `Forwarded` must drop the other. Costs a
 * microsecond without headers. Never throws.
 */
export function resolveClientAddress(
  socketAddress: string,
  headers: HeaderValues,
  trustedProxies: Pick<RangeIndex<true>, 'find'>,
): ClientAddress {
  const peer = normalizeAddress(socketAddress);
  const hasForwarding = forwardingHeader(headers) !== undefined;
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

  const plain = headers['x-forwarded-for'];
  const hops = plain === undefined ? forwardedHops(textOf(headers['forwarded'])) : plainHops(textOf(plain));
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

function textOf(value: string | readonly string[] | undefined): string {
  return typeof value === 'string' ? value : (value ?? []).join(',');
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

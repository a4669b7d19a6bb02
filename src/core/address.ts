import ipaddr from 'ipaddr.js';

export type IpAddress = ReturnType<typeof ipaddr.process>;

/**
 * Reads an IP literal strictly: four decimal octets without leading zeros, or an IPv6 address (brackets and zone
 * dropped). `127.1`, `0177.0.0.1`, `2130706433`, which ipaddr.js alone would take, are refused. IPv4-mapped IPv6
 * comes back as IPv4. Undefined for anything else.
 */
export function parseAddress(text: string): IpAddress | undefined {
  const bare = text.replace(/^\[(.*)\]$/, '$1').replace(/%.*$/, '');
  const looksV4 = /^\d{1,3}(\.\d{1,3}){3}$/.test(bare) && !/(^|\.)0\d/.test(bare);
  if (!looksV4 && !bare.includes(':')) return undefined;
  try {
    return ipaddr.process(bare);
  } catch {
    return undefined;
  }
}

/** The normal text of an address (`::ffff:10.0.0.1` → `10.0.0.1`, `2001:DB8::0` → `2001:db8::`), or the input if it is none. */
export function normalizeAddress(text: string): string {
  return parseAddress(text)?.toString() ?? text;
}

/** 127.0.0.0/8, ::1 and their IPv4-mapped forms. */
export function isLoopbackAddress(text: string): boolean {
  return parseAddress(text)?.range() === 'loopback';
}

/** 0.0.0.0 and ::, which mean "every interface" to a listener and the loopback to someone connecting. */
export function isUnspecifiedAddress(text: string): boolean {
  return parseAddress(text)?.range() === 'unspecified';
}

/** A literal IPv6 address that is no IPv4 address in disguise. */
export function isIpv6(text: string): boolean {
  return parseAddress(text)?.kind() === 'ipv6';
}

/**
 * How far an address reaches (RFC 6890): `private` within a network of one's own, `link-local` within one cable or
 * cell, `shared` within a carrier's network (100.64.0.0/10, also used by overlay networks), `public` everywhere.
 * Undefined for loopback, multicast and what is no address of a machine.
 */
export function addressReach(text: string): 'private' | 'link-local' | 'shared' | 'public' | undefined {
  switch (parseAddress(text)?.range()) {
    case undefined:
    case 'loopback':
    case 'unspecified':
    case 'multicast':
    case 'broadcast':
      return undefined;
    case 'private':
    case 'uniqueLocal':
      return 'private';
    case 'linkLocal':
      return 'link-local';
    case 'carrierGradeNat':
      return 'shared';
    default:
      return 'public';
  }
}

import { isUnspecifiedAddress, parseAddress } from '../../core/address';
import { isPublicSuffix } from '../../core/domain-name';

/** What a certificate is for, each list sorted and without doubles. */
export interface SubjectNames {
  readonly dns: readonly string[];
  readonly addresses: readonly string[];
}

/** The ways of a machine to itself, always in the certificate. */
const ownNames = ['localhost', '127.0.0.1', '::1'];

/** More than any machine has; the certificate is sent with every handshake. */
const maxNames = 100;

/** Letters, digits, hyphens; the underscore too, which Windows lets into machine names. */
const LABEL = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/;

/**
 * Names and addresses in the form a certificate has them: lower-case, IDNA ASCII, no trailing dot, no brackets, no zone,
 * IPv4-mapped as IPv4; always with localhost and the loopback addresses. Left out: what is neither, unspecified and
 * multicast addresses, and public suffixes (a machine called `dev` must not lead to a certificate about all of `.dev`).
 */
export function subjectNames(given: readonly string[]): SubjectNames {
  const dns = new Set<string>();
  const addresses = new Set<string>();
  for (const text of [...ownNames, ...given.map((name) => name.trim())]) {
    if (dns.size + addresses.size === maxNames) break;
    const address = parseAddress(text);
    if (address !== undefined) {
      if (!isUnspecifiedAddress(text) && address.range() !== 'multicast')
        addresses.add(withoutZone(address.toString()));
      continue;
    }
    const name = dnsName(text);
    if (name !== undefined) dns.add(name);
  }
  return { dns: [...dns].sort(), addresses: [...addresses].sort() };
}

function dnsName(text: string): string | undefined {
  const name = asciiName(text.replace(/\.$/, ''));
  if (name === undefined || name.length > 253 || /^[\d.]+$/.test(name)) return undefined;
  if (!name.split('.').every((label) => LABEL.test(label))) return undefined;
  return isPublicSuffix(name) ? undefined : name;
}

/** The URL standard's IDNA; it also reads `0x7f.1` as an address, which is then no name. */
function asciiName(text: string): string | undefined {
  if (text === '' || /[\s/:@?#[\]\\%*]/.test(text)) return undefined;
  try {
    const { hostname } = new URL(`http://${text}/`);
    return parseAddress(hostname) === undefined ? hostname : undefined;
  } catch {
    return undefined;
  }
}

function withoutZone(address: string): string {
  return address.replace(/%.*$/, '');
}

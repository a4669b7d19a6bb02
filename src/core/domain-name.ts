import { parse } from 'tldts';
import { parseAddress } from './address';

/** The name as a CA wants it (lower-case, IDNA ASCII), or why it cannot be used. */
export type DomainCheck =
  { readonly ok: true; readonly domain: string } | { readonly ok: false; readonly message: string };

const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/**
 * Checks a name for which a certificate is to be ordered by DNS-01, which can prove `*.` before a full public host
 * name, too (RFC 8555 §7.1.3).
 */
export function checkCertificateName(text: string): DomainCheck {
  const name = text.trim();
  if (!name.startsWith('*.')) return checkDomainName(name);
  const base = checkDomainName(name.slice(2));
  return base.ok ? { ok: true, domain: `*.${base.domain}` } : base;
}

/**
 * Checks a name for which a certificate is to be ordered by HTTP-01: a full public host name. Names are converted by
 * the URL standard's IDNA rules; what is public says the Public Suffix List (tldts).
 */
export function checkDomainName(text: string): DomainCheck {
  const name = text.trim().replace(/\.$/, '');
  if (name === '') return refuse('must not be empty');
  if (name.includes('*')) return refuse('must not be a wildcard: only DNS-01 (acme_dnsHook) can prove one');
  if (/[\s/:@?#[\]\\%]/.test(name)) {
    return refuse(
      parseAddress(name) === undefined
        ? 'must be a host name only, without scheme, port or path'
        : 'must be a name, not an IP address',
    );
  }
  if (/^[\d.]+$/.test(name) || parseAddress(name) !== undefined) return refuse('must be a name, not an IP address');

  const ascii = toAscii(name);
  if (ascii === undefined) return refuse('is not a valid internationalised name');
  if (/^\d+\.\d+\.\d+\.\d+$/.test(ascii)) return refuse('must be a name, not an IP address');
  if (ascii.length > 253) return refuse('must have at most 253 characters');
  const labels = ascii.split('.');
  if (labels.length < 2) return refuse('must be a full name such as gateway.example.org');
  const bad = labels.find((label) => !LABEL.test(label));
  if (bad !== undefined) return refuse(bad === '' ? 'has an empty label' : `has an invalid label: ${bad.slice(0, 70)}`);

  const known = parse(ascii, { allowPrivateDomains: true });
  if (known.isIcann !== true && known.isPrivate !== true)
    return refuse(`ends in .${labels.at(-1) ?? ''}, which is not public`);
  if (known.domain === null) return refuse(`is a public suffix: nobody owns ${ascii}`);
  return { ok: true, domain: ascii };
}

/** Checks a contact address: `name@domain` with a public domain (RFC 5321 dot-string; quoted names are refused). */
export function checkEmail(
  text: string,
): { readonly ok: true; readonly email: string } | { readonly ok: false; readonly message: string } {
  const trimmed = text.trim();
  const at = trimmed.lastIndexOf('@');
  if (at < 1) return refuse('must look like name@example.org');
  const local = trimmed.slice(0, at);
  if (local.length > 64 || !/^[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*$/.test(local)) {
    return refuse('has an invalid name before the @');
  }
  const domain = checkDomainName(trimmed.slice(at + 1));
  return domain.ok ? { ok: true, email: `${local}@${domain.domain}` } : refuse(`domain ${domain.message}`);
}

/**
 * Whether a name is one under which registries sell names: `dev`, `co.uk`, `github.io` (Public Suffix List). A certificate
 * authority that may vouch for one could vouch for everybody below it.
 */
export function isPublicSuffix(name: string): boolean {
  const { publicSuffix, isIcann, isPrivate } = parse(name, { allowPrivateDomains: true });
  return publicSuffix === name && (isIcann === true || isPrivate === true);
}

function toAscii(name: string): string | undefined {
  try {
    return new URL(`http://${name}/`).hostname;
  } catch {
    return undefined;
  }
}

function refuse(message: string): { readonly ok: false; readonly message: string } {
  return { ok: false, message };
}

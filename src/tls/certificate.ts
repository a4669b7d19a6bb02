import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import { normalizeAddress } from '../core/address';
import { printable } from '../core/printable';
import { reason, type Reason } from '../core/reason';
import type { CertificateFacts, TlsMaterial } from '../core/tls';
import { dayText } from './dates';
import { errorMessage } from './error-message';
import { secureServerOptions } from './secure-context';

/** Certificates of one file beyond which it is no chain. */
const maxChain = 20;

/** A certificate with its chain and key, checked: TLS can be served with it. */
export interface CheckedPair {
  readonly material: TlsMaterial;
  readonly facts: CertificateFacts;
}

export type PairCheck =
  { readonly ok: true; readonly pair: CheckedPair } | { readonly ok: false; readonly reason: Reason };

/** PEM texts and the names of the files they come from, which the reasons say. */
export interface PairText {
  readonly cert: string;
  readonly key: string;
  readonly certFile: string;
  readonly keyFile: string;
}

/**
 * Checks that TLS can be served with a certificate and a key: they belong together, the chain is in order (RFC 8446
 * §4.4.2), the certificate is valid now and the key can be used without a passphrase. Never throws.
 */
export function checkPair(text: PairText, now: number): PairCheck {
  const chain = readChain(text.cert);
  if (chain === undefined) return refuse(reason('tls.noCertificate', text.certFile));
  if (isEncryptedKey(text.key)) return refuse(reason('tls.keyEncrypted', text.keyFile));
  const key = readKey(text.key);
  if (key === undefined) return refuse(reason('tls.noKey', text.keyFile));

  const [leaf, ...others] = chain;
  if (!leaf.checkPrivateKey(key)) {
    const isElsewhere = others.some((certificate) => certificate.checkPrivateKey(key));
    if (isElsewhere) return refuse(reason('tls.chainOrder', text.certFile));
    return refuse(reason('tls.keyMismatch', text.keyFile, text.certFile));
  }
  const isInOrder = others.every((issuer, index) => chain[index]?.checkIssued(issuer) === true);
  if (!isInOrder) return refuse(reason('tls.chainOrder', text.certFile));

  const facts = certificateFacts(leaf);
  if (now < facts.notBefore) return refuse(reason('tls.notYetValid', text.certFile, dayText(facts.notBefore)));
  if (now >= facts.notAfter) return refuse(reason('tls.expired', text.certFile, dayText(facts.notAfter)));

  const material = {
    cert: chain.map((certificate) => certificate.toString()).join(''),
    key: key.export({ format: 'pem', type: 'pkcs8' }).toString(),
  };
  try {
    createSecureContext(secureServerOptions(material));
  } catch (error) {
    return refuse(reason('tls.rejected', text.certFile, errorMessage(error)));
  }
  return { ok: true, pair: { material, facts } };
}

/** The certificates of a PEM text in their order. Undefined when there is none, or one that cannot be read. */
export function readChain(pem: string): readonly [X509Certificate, ...X509Certificate[]] | undefined {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  if (blocks.length > maxChain) return undefined;
  try {
    const [leaf, ...others] = blocks.map((block) => new X509Certificate(block));
    return leaf === undefined ? undefined : [leaf, ...others];
  } catch {
    return undefined;
  }
}

export function certificateFacts(certificate: X509Certificate): CertificateFacts {
  return {
    names: namesOf(certificate),
    issuer: issuerName(certificate),
    notBefore: Date.parse(certificate.validFrom),
    notAfter: Date.parse(certificate.validTo),
    fingerprint: certificate.fingerprint256,
  };
}

/** DNS names and addresses of `subjectAltName`, addresses in their normal form. */
function namesOf({ subjectAltName }: X509Certificate): readonly string[] {
  return (subjectAltName ?? '').split(', ').flatMap((entry) => {
    const [, kind, value = ''] = /^(DNS|IP Address):(.*)$/.exec(entry) ?? [];
    if (kind === undefined) return [];
    return [printable(kind === 'DNS' ? value.toLowerCase() : normalizeAddress(value), 260)];
  });
}

function issuerName({ issuer }: X509Certificate): string {
  const fields = new Map(issuer.split('\n').map((line) => splitOnce(line)));
  return printable(fields.get('CN') ?? fields.get('O') ?? issuer.replaceAll('\n', ', '), 120);
}

function splitOnce(line: string): [string, string] {
  const at = line.indexOf('=');
  return [line.slice(0, at), line.slice(at + 1)];
}

function isEncryptedKey(pem: string): boolean {
  return /-----BEGIN ENCRYPTED PRIVATE KEY-----|^Proc-Type: *4, *ENCRYPTED/m.test(pem);
}

function readKey(pem: string): KeyObject | undefined {
  try {
    return createPrivateKey(pem);
  } catch {
    return undefined;
  }
}

function refuse(why: Reason): PairCheck {
  return { ok: false, reason: why };
}

import {
  createPrivateKey,
  createPublicKey,
  KeyObject,
  randomBytes,
  webcrypto,
  type X509Certificate,
} from 'node:crypto';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  cryptoProvider,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';
import type { KeptPair } from '../pair-file';
import { nameConstraints } from './name-constraints';
import type { SubjectNames } from './subject-names';

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const dayMs = 24 * 60 * 60_000;
/** Clocks of other devices may be behind. */
const backdateMs = 60 * 60_000;

export const caLifeMs = 3650 * dayMs;
/** Most that browsers take (CA/Browser Forum ballot SC-031; Apple since 2020), the backdating included. */
export const leafLifeMs = 397 * dayMs;

cryptoProvider.set(webcrypto);

interface CaWish {
  /** `CN=…, O=…`. */
  readonly subject: string;
  /** DNS names beyond the private ones for which it may vouch. */
  readonly names: readonly string[];
  /** PEM: the key of the CA that is renewed. Default: a new one. */
  readonly key?: string;
}

/** A CA certificate that may sign end-entity certificates only (path length 0). Costs a few milliseconds. */
export async function issueCa(wish: CaWish, now: number): Promise<KeptPair> {
  const keys = wish.key === undefined ? await newKeys() : await importKeys(wish.key);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    serialNumber: newSerial(),
    name: wish.subject,
    notBefore: new Date(now - backdateMs),
    notAfter: new Date(now - backdateMs + caLifeMs),
    keys,
    signingAlgorithm: algorithm,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
      nameConstraints(wish.names),
    ],
  });
  return { key: wish.key ?? exportKey(keys.privateKey), cert: `${certificate.toString('pem')}\n` };
}

/** A server certificate with a new key, signed by the CA. Ends with the CA at the latest. */
export async function issueLeaf(
  ca: { readonly key: string; readonly certificate: X509Certificate },
  names: SubjectNames,
  now: number,
): Promise<KeptPair> {
  const keys = await newKeys();
  const signer = await importKeys(ca.key);
  const end = Math.min(now - backdateMs + leafLifeMs, Date.parse(ca.certificate.validTo));
  const certificate = await X509CertificateGenerator.create({
    serialNumber: newSerial(),
    subject: 'CN=FLM gateway',
    issuer: subjectOf(ca.certificate),
    notBefore: new Date(now - backdateMs),
    notAfter: new Date(end),
    publicKey: keys.publicKey,
    signingKey: signer.privateKey,
    signingAlgorithm: algorithm,
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
      new SubjectAlternativeNameExtension([
        ...names.dns.map((value) => ({ type: 'dns' as const, value })),
        ...names.addresses.map((value) => ({ type: 'ip' as const, value })),
      ]),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
      await AuthorityKeyIdentifierExtension.create(signer.publicKey),
    ],
  });
  return { key: exportKey(keys.privateKey), cert: `${certificate.toString('pem')}\n` };
}

/** Node's lines, most general first, as x509's comma list, most general first too. */
export function subjectOf(certificate: X509Certificate): string {
  return certificate.subject.split('\n').join(', ');
}

function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
}

async function importKeys(pem: string): Promise<webcrypto.CryptoKeyPair> {
  const key = createPrivateKey(pem);
  const pkcs8 = key.export({ format: 'der', type: 'pkcs8' });
  const spki = createPublicKey(key).export({ format: 'der', type: 'spki' });
  return {
    privateKey: await webcrypto.subtle.importKey('pkcs8', pkcs8, algorithm, false, ['sign']),
    publicKey: await webcrypto.subtle.importKey('spki', spki, algorithm, true, ['verify']),
  };
}

function exportKey(key: webcrypto.CryptoKey): string {
  return KeyObject.from(key).export({ format: 'pem', type: 'pkcs8' }).toString();
}

/** 127 random bits, positive and not zero (RFC 5280 §4.1.2.2). */
function newSerial(): string {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return bytes.toString('hex');
}

import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** Ends every sealed file: magic, first bytes of the secret's hash, HMAC-SHA-256 of everything before the seal. */
const magic = Buffer.from('FLMSEAL1');
const fingerprintBytes = 8;
const sealBytes = magic.length + fingerprintBytes + 32;

/**
 * - `ours`: not one bit differs from what this installation wrote
 * - `foreign`: sealed with another secret, so nothing can be said about it
 */
export type SealKind = 'ours' | 'foreign';

/** The bytes to write after `content`. SHA-256 runs at about 1 GB/s here: 16 ms for 20 MB. */
export function sealOf(content: Uint8Array, secret: Uint8Array): Uint8Array {
  return Buffer.concat([magic, fingerprint(secret), mac(content, secret)]);
}

/** Takes the seal off. Undefined: no seal, or one that does not match, so the file is damaged or was edited. */
export function unseal(file: Uint8Array, secret: Uint8Array): { content: Uint8Array; seal: SealKind } | undefined {
  const contentBytes = file.byteLength - sealBytes;
  if (contentBytes < 0) return undefined;
  const content = file.subarray(0, contentBytes);
  const seal = Buffer.from(file.subarray(contentBytes));
  if (!seal.subarray(0, magic.length).equals(magic)) return undefined;
  if (!seal.subarray(magic.length, magic.length + fingerprintBytes).equals(fingerprint(secret))) {
    return { content, seal: 'foreign' };
  }
  const expected = mac(content, secret);
  return timingSafeEqual(seal.subarray(magic.length + fingerprintBytes), expected)
    ? { content, seal: 'ours' }
    : undefined;
}

function mac(content: Uint8Array, secret: Uint8Array): Buffer {
  return createHmac('sha256', secret).update(content).digest();
}

function fingerprint(secret: Uint8Array): Buffer {
  return createHash('sha256').update('flm-seal').update(secret).digest().subarray(0, fingerprintBytes);
}

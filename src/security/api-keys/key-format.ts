import { hash, randomBytes } from 'node:crypto';
import { randomId } from '../../core/random-id';

export const keyPrefix = 'flm-';
const idLength = 12;
/** 32 bytes as base64url without padding. */
const secretLength = 43;
/**
 * The last of 43 characters holds four bits of the 32 bytes; the two bits it could hold besides must be zero, or one
 * secret would have several spellings. Said in the pattern: decoding and encoding it again took 1 µs.
 */
const pattern = /^flm-([0-9a-z]{12})-([A-Za-z0-9_-]{42}[AEIMQUYcgkosw048])$/;

/** A key taken apart. */
export interface KeyParts {
  /** Public: shown, logged, looked up. */
  readonly id: string;
  readonly secret: string;
}

/** A new key: 12 random characters to find it by, 256 random bits to prove it. */
export function generateKey(): KeyParts {
  return { id: randomId(idLength), secret: generateSecret() };
}

export function generateSecret(): string {
  return randomBytes(32).toString('base64url');
}

export function formatKey({ id, secret }: KeyParts): string {
  return `${keyPrefix}${id}-${secret}`;
}

/** Undefined when the text is not exactly a key. */
export function parseKey(text: string): KeyParts | undefined {
  const match = text.length === keyPrefix.length + idLength + 1 + secretLength ? pattern.exec(text) : null;
  const [, id, secret] = match ?? [];
  return id === undefined || secret === undefined ? undefined : { id, secret };
}

/**
 * SHA-256 of the secret, hex: what is stored. A fast hash is right for 256 random bits, which nobody can guess; slow
 * ones are for passwords (1 µs against 48 ms of scrypt per request, measured; `createHash` needs 3 µs).
 */
export function hashSecret(secret: string): string {
  return hash('sha256', secret, 'hex');
}

const alphabet = '0123456789abcdefghijklmnopqrstuvwxyz';

/**
 * A random id of `length` characters 0–9a–z (5.1 bits each) from the Web Crypto generator that Node and VS Code share.
 */
export function randomId(length: number): string {
  const bytes = crypto.getRandomValues(new Uint8Array(length * 2));
  let id = '';
  for (const byte of bytes) {
    if (byte < 252 && id.length < length) id += alphabet.charAt(byte % 36); // 252 = 7 × 36: no character is likelier
  }
  return id.length === length ? id : id + randomId(length - id.length);
}

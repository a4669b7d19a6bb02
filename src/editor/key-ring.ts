/** API keys by the base URL of their engine. */
export type KeyRing = Readonly<Record<string, string>>;

/** More engines than anybody has; keeps a damaged secret from growing without end. */
const maxKeys = 256;

/** Reads a stored key ring; anything that is none counts as empty, entries that are no strings are dropped. */
export function parseKeyRing(text: string | undefined): KeyRing {
  if (text === undefined) return {};
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return {};
    const entries = Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
    return Object.fromEntries(entries.slice(-maxKeys));
  } catch {
    return {};
  }
}

/** Addresses whose key differs between two rings, with the new key or undefined where it is gone. */
export function changedEngineKeys(before: KeyRing, after: KeyRing): readonly (readonly [string, string | undefined])[] {
  const addresses = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...addresses]
    .filter((address) => before[address] !== after[address])
    .map((address) => [address, after[address]] as const);
}

export type KeyProblem = 'empty' | 'characters' | 'length';

/**
 * What keeps a text from being sent as a bearer token: RFC 6750 §2.1 allows visible ASCII; anything else would be
 * refused by the HTTP client.
 */
export function engineKeyProblem(text: string): KeyProblem | undefined {
  const key = text.trim();
  if (key === '') return 'empty';
  if (key.length > 4096) return 'length';
  return /^[\x21-\x7e]+$/.test(key) ? undefined : 'characters';
}

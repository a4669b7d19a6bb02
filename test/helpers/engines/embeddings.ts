/**
 * A unit vector that depends on the text alone: words are hashed (FNV-1a) into buckets, so texts that share words are
 * closer than texts that do not.
 */
export function embed(text: string, length: number): number[] {
  const vector = new Array<number>(length).fill(0);
  for (const word of text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? ['']) {
    const hash = fnv1a(word);
    const at = hash % length;
    vector[at] = (vector[at] ?? 0) + (hash & 0x80000000 ? -1 : 1);
    const next = (at + 1) % length;
    vector[next] = (vector[next] ?? 0) + ((hash >>> 8) % 1000) / 2000;
  }
  const norm = Math.hypot(...vector) || 1;
  return vector.map((value) => Math.fround(value / norm));
}

/** Little-endian float32 in base64: OpenAI's `encoding_format: "base64"`. */
export function toBase64(vector: readonly number[]): string {
  const bytes = Buffer.alloc(vector.length * 4);
  vector.forEach((value, index) => bytes.writeFloatLE(value, index * 4));
  return bytes.toString('base64');
}

/** The first `length` numbers, at unit length again. */
export function shorten(vector: readonly number[], length: number): number[] {
  const short = vector.slice(0, length);
  const norm = Math.hypot(...short) || 1;
  return short.map((value) => Math.fround(value / norm));
}

function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(text)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash;
}

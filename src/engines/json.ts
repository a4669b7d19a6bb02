/**
 * Reading JSON of servers that nobody vouches for. Nothing here throws: what does not fit is `undefined`, so parse
 * functions can be written as a list of wishes.
 */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Undefined for anything that is no JSON, including text nested so deeply that the parser gives up. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

export function objectOf(value: unknown): JsonObject | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined;
}

export function arrayOf(value: unknown): readonly unknown[] | undefined {
  return Array.isArray(value) ? (value as readonly unknown[]) : undefined;
}

/** A text that is neither empty nor longer than `maxLength`. */
export function textOf(value: unknown, maxLength = 256): string | undefined {
  return typeof value === 'string' && value !== '' && value.length <= maxLength ? value : undefined;
}

/** A whole number from 1 up: engines write 0 for "not known". */
export function countOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : undefined;
}

/** The objects of an array; anything else in it is dropped. */
export function objectsOf(value: unknown): readonly JsonObject[] {
  return (arrayOf(value) ?? []).map(objectOf).filter((item) => item !== undefined);
}

/** The texts of an array; anything else in it is dropped. */
export function textsOf(value: unknown, maxLength = 256): readonly string[] {
  return (arrayOf(value) ?? []).flatMap((item) => textOf(item, maxLength) ?? []);
}

/** The object without its undefined members, as `exactOptionalPropertyTypes` wants it. */
export function compact<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  const entries = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]: Exclude<T[K], undefined> };
}

import { FlmError } from '../../core/errors';

/** Members of a message, not looked at yet. */
export type Fields = Readonly<Record<string, unknown>>;

/** The members of a value that is an object; FlmError `invalid_request` otherwise. */
export function fieldsOf(value: unknown): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalid('must be an object');
  return value as Fields;
}

export function text(fields: Fields, name: string, maxLength: number): string {
  const value = fields[name];
  if (typeof value !== 'string' || value.length > maxLength) throw invalid(`${name} must be a short text`);
  return value;
}

export function number(fields: Fields, name: string): number {
  const value = fields[name];
  if (typeof value !== 'number' || !Number.isFinite(value)) throw invalid(`${name} must be a number`);
  return value;
}

export function oneOf<T extends string>(fields: Fields, name: string, allowed: readonly T[]): T {
  const value = fields[name];
  if (!allowed.includes(value as T)) throw invalid(`${name} must be one of ${allowed.join(', ')}`);
  return value as T;
}

export function texts(fields: Fields, name: string, maxItems: number, maxLength: number): readonly string[] {
  const value = fields[name];
  const isList = Array.isArray(value) && value.length <= maxItems;
  if (!isList || !value.every((item) => typeof item === 'string' && item.length <= maxLength)) {
    throw invalid(`${name} must be a list of short texts`);
  }
  return value as readonly string[];
}

/**
 * Reads members that may be left out: each present one through its reader, absent ones not at all, unknown ones never.
 * The result has exactly the members that were there.
 */
export function optional<T extends object>(
  fields: Fields,
  readers: { readonly [K in keyof T]-?: (fields: Fields, name: string) => Exclude<T[K], undefined> },
): T {
  const result: Record<string, unknown> = {};
  for (const [name, read] of Object.entries<(fields: Fields, name: string) => unknown>(readers)) {
    if (fields[name] !== undefined) result[name] = read(fields, name);
  }
  return result as T;
}

export function invalid(message: string): FlmError {
  return new FlmError('invalid_request', message);
}

import { FlmError } from '../../core/errors';

/** Parameters of a request, not looked at yet. */
export type Fields = Readonly<Record<string, unknown>>;

/** Each reader takes one field as if from a stranger and throws FlmError `invalid_request` naming it. */
export function text(fields: Fields, name: string, maxLength: number): string {
  const value = fields[name];
  if (typeof value === 'string' && value !== '' && value.length <= maxLength) return value;
  throw invalid(name, `a text of 1 to ${maxLength} characters`);
}

export function integer(fields: Fields, name: string): number {
  const value = fields[name];
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value;
  throw invalid(name, 'a whole number');
}

/** Reads a whole number within limits. */
export function wholeNumber(minimum: number, maximum: number): (fields: Fields, name: string) => number {
  return (fields, name) => {
    const value = integer(fields, name);
    if (value >= minimum && value <= maximum) return value;
    throw invalid(name, `a whole number from ${minimum} to ${maximum}`);
  };
}

/** For requests without parameters. */
export const nothing = (): Record<string, never> => ({});

/** The largest time JavaScript knows. */
const lastTime = 8.64e15;

/** Epoch ms. */
export const time = (fields: Fields, name: string): number => number(fields, name, 0, lastTime);

/** A finite number within limits. */
export function number(fields: Fields, name: string, minimum: number, maximum: number): number {
  const value = fields[name];
  if (typeof value === 'number' && value >= minimum && value <= maximum) return value;
  throw invalid(name, `a number from ${minimum} to ${maximum}`);
}

export function boolean(fields: Fields, name: string): boolean {
  const value = fields[name];
  if (typeof value === 'boolean') return value;
  throw invalid(name, 'true or false');
}

export function oneOf<T extends string>(fields: Fields, name: string, allowed: readonly T[]): T {
  const value = fields[name];
  if (allowed.includes(value as T)) return value as T;
  throw invalid(name, `one of ${allowed.join(', ')}`);
}

export function texts(fields: Fields, name: string, maxItems: number, maxLength: number): readonly string[] {
  const value = fields[name];
  const fits =
    Array.isArray(value) &&
    value.length <= maxItems &&
    value.every((item) => typeof item === 'string' && item !== '' && item.length <= maxLength);
  if (fits) return value as string[];
  throw invalid(name, `a list of up to ${maxItems} texts`);
}

/** Reads a list of texts within limits. */
export function list(maxItems: number, maxLength: number): (fields: Fields, name: string) => readonly string[] {
  return (fields, name) => texts(fields, name, maxItems, maxLength);
}

export function someOf<T extends string>(fields: Fields, name: string, allowed: readonly T[]): readonly T[] {
  const value = texts(fields, name, allowed.length, 100);
  if (value.every((item) => allowed.includes(item as T))) return value as T[];
  throw invalid(name, `a list out of ${allowed.join(', ')}`);
}

export function object(fields: Fields, name: string): Fields {
  const value = fields[name];
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields;
  throw invalid(name, 'an object');
}

/** `{ [name]: read(…) }`, or nothing when the field is absent or null (JSON has no undefined). */
export function optional<N extends string, T>(
  fields: Fields,
  name: N,
  read: (fields: Fields, name: N) => T,
): { readonly [K in N]?: T } {
  if (fields[name] === undefined || fields[name] === null) return {};
  return { [name]: read(fields, name) } as { readonly [K in N]?: T };
}

export function invalid(name: string, expected: string): FlmError {
  return new FlmError('invalid_request', `${name} must be ${expected}.`);
}

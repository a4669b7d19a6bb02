import type { ShareLimits } from '../../core/share';
import { list, number, optional, text, time, wholeNumber, type Fields } from './param-readers';

/** What a key or share may do: the limits both have alike. */
export function limits(fields: Fields): ShareLimits {
  const limit = wholeNumber(1, 1e12);
  return {
    ...optional(fields, 'models', list(1000, 512)),
    ...optional(fields, 'routes', list(100, 200)),
    ...optional(fields, 'requestsPerMinute', limit),
    ...optional(fields, 'requestsPerDay', limit),
    ...optional(fields, 'tokensPerDay', limit),
    ...optional(fields, 'concurrency', limit),
  };
}

/** The end of something there is: a time, or null for none; absent: as it is. */
export function changedEnd(fields: Fields): { readonly expiresAt?: number | null } {
  return fields.expiresAt === null ? { expiresAt: null } : optional(fields, 'expiresAt', time);
}

/** Which key or share. */
export const idParam = (fields: Fields): { id: string } => ({ id: text(fields, 'id', 64) });

/** How long an old secret goes on working: 30 days at most. */
export const rotation = (fields: Fields): { id: string; graceMinutes: number } => ({
  ...idParam(fields),
  graceMinutes: number(fields, 'graceMinutes', 0, 43_200),
});

import type { Localizer } from '../localizer';

export const dayMs = 24 * 60 * 60 * 1000;

/** Lengths of life offered for a key, in days. */
export const expiryDays = [1, 7, 30, 90, 365] as const;

export function daysText(l10n: Localizer, days: number): string {
  return days === 1 ? l10n.t('1 day') : l10n.t('{0} days', days);
}

/**
 * The end of a day written as `2026-12-31`, in the reader's time zone: whoever writes a date means "that day included".
 * Undefined when it is no day of the calendar.
 */
export function parseDay(text: string): number | undefined {
  const match = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(text.trim());
  if (match === null) return undefined;
  const [year, month, day] = match.slice(1).map(Number) as [number, number, number];
  const end = new Date(year, month - 1, day, 23, 59, 59, 999);
  const isSameDay = end.getFullYear() === year && end.getMonth() === month - 1 && end.getDate() === day;
  return isSameDay ? end.getTime() : undefined;
}

/** What is wrong with the last day of a key. */
export function dayProblem(l10n: Localizer, text: string, now: number): string | undefined {
  const end = parseDay(text);
  if (end === undefined) return l10n.t('Write a date as year-month-day: 2027-01-31');
  return end <= now ? l10n.t('This day is over already.') : undefined;
}

import { fill, language, strings } from './boot';

const whole = new Intl.NumberFormat(language, { maximumFractionDigits: 0 });
const amount = new Intl.NumberFormat(language, { maximumFractionDigits: 4 });
const compact = new Intl.NumberFormat(language, { notation: 'compact', maximumSignificantDigits: 3 });
const fraction = new Intl.NumberFormat(language, { maximumSignificantDigits: 2 });
const percent = new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 0 });
const exact = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'medium' });
const clock = new Intl.DateTimeFormat(language, { timeStyle: 'short' });
const day = new Intl.DateTimeFormat(language, { month: 'short', day: 'numeric', hour: 'numeric', minute: '2-digit' });
const relative = new Intl.RelativeTimeFormat(language, { numeric: 'auto', style: 'short' });

const units = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1_000],
] as const;

export function formatNumber(value: number): string {
  return whole.format(value);
}

/** As it is, with what stands behind the point: `0.5`, `1,440`. */
export function formatAmount(value: number): string {
  return amount.format(value);
}

/** 88,000 → `88K`, in the reader's way. */
export function formatCompact(value: number): string {
  return value < 1000 ? whole.format(value) : compact.format(value);
}

/** `0`, `0.42`, `3.1`, `120`: two digits are all a rate is good for. */
export function formatRate(value: number): string {
  return value >= 10 ? whole.format(value) : fraction.format(value);
}

export function formatPercent(share: number): string {
  return percent.format(share);
}

/** `140 ms`, `2.3 s`. */
export function formatLatency(ms: number): string {
  return ms < 1000 ? fill(strings.units.ms, whole.format(ms)) : fill(strings.units.s, fraction.format(ms / 1000));
}

export function formatExact(at: number): string {
  return exact.format(at);
}

/** Time of day; with the date unless it is today. */
export function formatClock(at: number, now: number): string {
  return new Date(at).toDateString() === new Date(now).toDateString() ? clock.format(at) : day.format(at);
}

/** `5 min. ago`, `in 3 hr.`, `now`. */
export function formatRelative(at: number, now: number): string {
  const difference = at - now;
  const [unit, size] = units.find(([, ms]) => Math.abs(difference) >= ms) ?? units[3];
  return relative.format(Math.trunc(difference / size), unit);
}

/** A length of time in its largest whole unit, as the tree says it: `27 min`, `24 h`, `30 d`. */
export function formatDuration(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 60) return fill(strings.units.s, whole.format(seconds));
  if (seconds < 3_600) return fill(strings.units.min, whole.format(Math.floor(seconds / 60)));
  if (seconds < 86_400) return fill(strings.units.h, whole.format(Math.floor(seconds / 3_600)));
  return fill(strings.units.d, whole.format(Math.floor(seconds / 86_400)));
}

/** How long something was asked to last, in the words of the question: `90 min`, `24 h`, `30 d`. */
export function formatLength(ms: number): string {
  const minutes = Math.ceil(ms / 60_000);
  if (minutes < 120) return fill(strings.units.min, whole.format(minutes));
  if (minutes < 2 * 1_440) return fill(strings.units.h, whole.format(Math.round(minutes / 60)));
  return fill(strings.units.d, whole.format(Math.round(minutes / 1_440)));
}

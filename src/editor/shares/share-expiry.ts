import { formatTime } from '../format';
import type { Choice } from '../input/step-input';
import { dayMs, parseDay } from '../keys/key-expiry';
import type { Localizer } from '../localizer';

/** Ends offered for a share. `date`: a last day is asked for; `never`: until somebody stops it. */
export type ShareEnd = 'hour' | 'today' | 'friday' | 'week' | 'date' | 'never';

const hourMs = 60 * 60 * 1000;
const friday = 5;

/** Epoch ms in the reader's time zone; undefined: no end. `lastDay` is read for `date` only. */
export function endTime(end: ShareEnd, now: number, lastDay = ''): number | undefined {
  switch (end) {
    case 'hour':
      return now + hourMs;
    case 'today':
      return endOfDay(now, 0);
    case 'friday':
      return endOfDay(now, daysToFriday(now));
    case 'week':
      return now + 7 * dayMs;
    case 'date':
      return parseDay(lastDay);
    case 'never':
      return undefined;
  }
}

/** On a Friday "until Friday" is today, which is offered already. */
export function endChoices(l10n: Localizer, now: number, picked: ShareEnd): readonly Choice<ShareEnd>[] {
  const choice = (end: ShareEnd, label: string): Choice<ShareEnd> => {
    const at = end === 'date' ? undefined : endTime(end, now);
    return {
      label,
      value: end,
      isPicked: end === picked,
      ...(at === undefined ? {} : { description: formatTime(at, l10n.language) }),
    };
  };
  return [
    choice('hour', l10n.t('1 hour')),
    choice('today', l10n.t('Until the end of today')),
    ...(daysToFriday(now) === 0 ? [] : [choice('friday', l10n.t('Until Friday'))]),
    choice('week', l10n.t('1 week')),
    choice('date', l10n.t('Until a Day…')),
    choice('never', l10n.t('Until You Stop It')),
  ];
}

function daysToFriday(now: number): number {
  return (friday - new Date(now).getDay() + 7) % 7;
}

function endOfDay(now: number, days: number): number {
  const date = new Date(now);
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() + days, 23, 59, 59, 999).getTime();
}

import type { ShareLimits } from '../../core/share';
import { formatCount, separator } from '../format';
import type { Choice } from '../input/step-input';
import type { NumberLimit } from '../keys/limit-questions';
import type { Localizer } from '../localizer';

type Limits = Pick<ShareLimits, NumberLimit>;

/** How much a share may be used: two suggestions, or each limit by itself. */
export type ShareAmount = 'modest' | 'generous' | 'own' | 'none';

/** One person who tries things out; a small team at work. */
const suggested: Readonly<
  Record<'modest' | 'generous', Required<Pick<Limits, 'requestsPerMinute' | 'requestsPerDay' | 'concurrency'>>>
> = {
  modest: { requestsPerMinute: 20, requestsPerDay: 200, concurrency: 1 },
  generous: { requestsPerMinute: 60, requestsPerDay: 2000, concurrency: 4 },
};

/** The limits of a suggestion; none for `own` and `none`. */
export function suggestedLimits(amount: ShareAmount): Limits {
  return amount === 'modest' || amount === 'generous' ? suggested[amount] : {};
}

export function amountChoices(l10n: Localizer, picked: ShareAmount): readonly Choice<ShareAmount>[] {
  const labels: Record<ShareAmount, string> = {
    modest: l10n.t('Modest'),
    generous: l10n.t('Generous'),
    own: l10n.t('Set Each Limit…'),
    none: l10n.t('No Limits of Its Own'),
  };
  const details: Partial<Record<ShareAmount, string>> = {
    modest: amountText(l10n, suggested.modest),
    generous: amountText(l10n, suggested.generous),
    none: l10n.t('Only the limits of the security policy hold'),
  };
  return (['modest', 'generous', 'own', 'none'] as const).map((value) => ({
    label: labels[value],
    value,
    isPicked: value === picked,
    ...(details[value] !== undefined && { detail: details[value] }),
  }));
}

/** `20 requests a minute · 200 requests a day · 1 at once`; empty without limits. */
export function amountText(l10n: Localizer, limits: Limits): string {
  const number = (value: number) => formatCount(value, l10n.language);
  const { requestsPerMinute, requestsPerDay, tokensPerDay, concurrency } = limits;
  return [
    ...(requestsPerMinute === undefined ? [] : [l10n.t('{0} requests a minute', number(requestsPerMinute))]),
    ...(requestsPerDay === undefined ? [] : [l10n.t('{0} requests a day', number(requestsPerDay))]),
    ...(tokensPerDay === undefined ? [] : [l10n.t('{0} tokens a day', number(tokensPerDay))]),
    ...(concurrency === undefined ? [] : [l10n.t('{0} at once', number(concurrency))]),
  ].join(separator);
}

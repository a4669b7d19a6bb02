import type { ApiKey, KeyScope } from '../../core/api-key';
import { formatAge, formatCount, formatModels, formatTokens } from '../format';
import type { Localizer } from '../localizer';
import { plainText } from '../safe-text';

/** Whether a key opens the door now, and if not, why. */
export type KeyStanding = 'usable' | 'decoy' | 'expired' | 'revoked';

export function keyStanding(key: ApiKey, now: number): KeyStanding {
  if (key.revokedAt !== undefined) return 'revoked';
  if (key.expiresAt !== undefined && key.expiresAt <= now) return 'expired';
  return key.kind === 'decoy' ? 'decoy' : 'usable';
}

/** Usable first, then decoys, expired, revoked; the newest of each first. */
export function sortKeys(keys: readonly ApiKey[], now: number): readonly ApiKey[] {
  const order: Record<KeyStanding, number> = { usable: 0, decoy: 1, expired: 2, revoked: 3 };
  return [...keys].sort((a, b) => order[keyStanding(a, now)] - order[keyStanding(b, now)] || b.createdAt - a.createdAt);
}

export function keyLabel(key: Pick<ApiKey, 'label' | 'id'>): string {
  return plainText(key.label) || key.id;
}

/** What can be shown of a key: how it begins. */
export function publicPart({ id }: Pick<ApiKey, 'id'>): string {
  return `flm-${id}-…`;
}

/** `2 models · until Fri, Nov 27 · used 5 min ago`: what tells one key from another. */
export function keyFacts(l10n: Localizer, key: ApiKey, now: number, requestsToday?: number): string[] {
  const standing = keyStanding(key, now);
  const facts = [
    standing === 'usable' ? scopeFact(l10n, key.scope) : standingLabel(l10n, standing),
    standing === 'usable' || standing === 'decoy' ? expiryFact(l10n, key, now) : '',
    graceFact(l10n, key, now),
    requestsToday === undefined || requestsToday === 0 ? lastUseFact(l10n, key, now) : todayFact(l10n, requestsToday),
  ];
  return facts.filter((fact) => fact !== '');
}

export function standingLabel(l10n: Localizer, standing: KeyStanding): string {
  const labels: Record<KeyStanding, string> = {
    usable: l10n.t('usable'),
    decoy: l10n.t('decoy'),
    expired: l10n.t('expired'),
    revoked: l10n.t('revoked'),
  };
  return labels[standing];
}

function scopeFact(l10n: Localizer, scope: KeyScope): string {
  const models = scope.models ?? [];
  if (models.length === 0) return l10n.t('all models');
  return models.length === 1 ? plainText(models[0] ?? '') : formatModels(l10n, models.length);
}

function expiryFact(l10n: Localizer, key: ApiKey, now: number): string {
  if (key.expiresAt === undefined) return '';
  return l10n.t('until {0}', formatMoment(key.expiresAt, now, l10n.language));
}

function graceFact(l10n: Localizer, key: ApiKey, now: number): string {
  if (key.graceUntil === undefined || key.graceUntil <= now || key.revokedAt !== undefined) return '';
  return l10n.t('old secret for {0} more', formatAge(l10n, key.graceUntil - now));
}

function lastUseFact(l10n: Localizer, key: ApiKey, now: number): string {
  if (key.lastUsedAt === undefined) return l10n.t('never used');
  return l10n.t('used {0} ago', formatAge(l10n, now - key.lastUsedAt));
}

function todayFact(l10n: Localizer, requests: number): string {
  return requests === 1
    ? l10n.t('1 request today')
    : l10n.t('{0} requests today', formatCount(requests, l10n.language));
}

/** Time of day within a day; weekday while it can be none but the next of that name; else the date. */
export function formatMoment(at: number, now: number, language: string): string {
  const distance = at - now;
  const day = 24 * 60 * 60 * 1000;
  const options: Intl.DateTimeFormatOptions =
    distance < day
      ? { hour: '2-digit', minute: '2-digit' }
      : distance < 6 * day
        ? { weekday: 'short' }
        : { dateStyle: 'medium' };
  return new Intl.DateTimeFormat(language, options).format(at);
}

/** The limits of a key, one line each: what it is and its value. Without limits: empty. */
export function scopeLines(l10n: Localizer, scope: KeyScope): readonly (readonly [name: string, value: string])[] {
  const list = (values: readonly string[] | undefined) => (values ?? []).map((value) => plainText(value)).join(', ');
  const number = (value: number | undefined) => (value === undefined ? '' : formatCount(value, l10n.language));
  const lines: (readonly [string, string])[] = [
    [l10n.t('Models'), list(scope.models)],
    [l10n.t('Routes'), list(scope.routes)],
    [l10n.t('Requests per minute'), number(scope.requestsPerMinute)],
    [l10n.t('Requests per day'), number(scope.requestsPerDay)],
    [l10n.t('Tokens per day'), scope.tokensPerDay === undefined ? '' : formatTokens(scope.tokensPerDay)],
    [l10n.t('Requests at once'), number(scope.concurrency)],
    [l10n.t('Addresses'), list(scope.addresses)],
  ];
  return lines.filter(([, value]) => value !== '');
}

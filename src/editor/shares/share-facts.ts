import type { ShareAudience, Share, ShareLimits, ShareView } from '../../core/share';
import { formatAge, formatCount, formatModels, formatTime, formatTokens } from '../format';
import { formatMoment, scopeLines } from '../keys/key-facts';
import type { Localizer } from '../localizer';
import { plainText } from '../safe-text';

const dayMs = 24 * 60 * 60 * 1000;

export function shareLabel({ label, id }: Pick<Share, 'label' | 'id'>): string {
  return plainText(label) || id;
}

/** Who can use a share, in a few words: `this machine`, `192.168.1.7`, `your network (eth0)`, `the internet`. */
export function audienceText(l10n: Localizer, audience: ShareAudience): string {
  switch (audience.type) {
    case 'machine':
      return l10n.t('this machine');
    case 'addresses': {
      const [first = '', ...others] = audience.ranges;
      return others.length === 0
        ? plainText(first)
        : l10n.t('{0} and {1} more', plainText(first), formatCount(others.length, l10n.language));
    }
    case 'lan': {
      const { interfaces = [] } = audience;
      if (interfaces.length === 0) return l10n.t('your network');
      return l10n.t('your network ({0})', interfaces.map(plainText).join(', '));
    }
    case 'internet':
      return l10n.t('the internet');
  }
}

/** `3 h left` within a day, else `until Fri`; what is over says so. */
export function endText(l10n: Localizer, { expiresAt, endedAt, endedBy }: Share, now: number): string {
  if (endedAt !== undefined) {
    const ago = formatAge(l10n, now - endedAt);
    const texts: Record<NonNullable<Share['endedBy']>, string> = {
      person: l10n.t('stopped {0} ago', ago),
      expiry: l10n.t('ended {0} ago', ago),
      'key-revoked': l10n.t('key revoked {0} ago', ago),
    };
    return texts[endedBy ?? 'person'];
  }
  if (expiresAt === undefined) return l10n.t('no end');
  const left = expiresAt - now;
  if (left < dayMs) return l10n.t('{0} left', formatAge(l10n, left));
  return l10n.t('until {0}', formatMoment(expiresAt, now, l10n.language));
}

/** `14 of 200 requests today`, or what is known of its use. */
export function usageText(l10n: Localizer, { requestsToday, limits, lastUsedAt }: ShareView): string {
  const today = formatCount(requestsToday, l10n.language);
  if (limits.requestsPerDay !== undefined) {
    return l10n.t('{0} of {1} requests today', today, formatCount(limits.requestsPerDay, l10n.language));
  }
  if (lastUsedAt === undefined) return l10n.t('never used');
  return requestsToday === 1 ? l10n.t('1 request today') : l10n.t('{0} requests today', today);
}

/** One line: who, until when, how much. */
export function shareFacts(l10n: Localizer, share: ShareView, now: number): string[] {
  return [audienceText(l10n, share.audience), endText(l10n, share, now), usageText(l10n, share)];
}

export function modelsText(l10n: Localizer, { models = [] }: ShareLimits): string {
  if (models.length === 0) return l10n.t('all models');
  return models.length === 1 ? plainText(models[0] ?? '') : formatModels(l10n, models.length);
}

/** Everything of a share but its secret, one line each. Empty values are left out by whoever shows them. */
export function shareLines(
  l10n: Localizer,
  share: ShareView,
  now: number,
): readonly (readonly [name: string, value: string])[] {
  const number = (value: number) => formatCount(value, l10n.language);
  const { audience } = share;
  return [
    [l10n.t('Who'), audience.type === 'addresses' ? audience.ranges.join(', ') : audienceText(l10n, audience)],
    [l10n.t('Reachable on'), (share.exposure.addresses ?? []).join(', ')],
    [l10n.t('State'), endText(l10n, share, now)],
    [l10n.t('Until'), share.expiresAt === undefined ? '' : formatTime(share.expiresAt, l10n.language)],
    [l10n.t('Since'), formatTime(share.createdAt, l10n.language)],
    ...scopeLines(l10n, share.limits),
    [l10n.t('Requests'), l10n.t('{0}, {1} of them today', number(share.requests), number(share.requestsToday))],
    [l10n.t('Refused'), number(share.refused)],
    [l10n.t('Tokens'), l10n.t('{0}, {1} of them today', formatTokens(share.tokens), formatTokens(share.tokensToday))],
    [l10n.t('Last used'), share.lastUsedAt === undefined ? '' : formatTime(share.lastUsedAt, l10n.language)],
  ];
}

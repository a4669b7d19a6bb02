import { exposureScopes } from '../../core/exposure';
import type { ShareAudience, ShareLimits } from '../../core/share';
import type { SharingRequests } from '../../protocol/sharing-rpc';
import { nothing, number, object, oneOf, optional, text, texts, time, wholeNumber, type Fields } from './param-readers';

export type SharingParamReaders = {
  readonly [N in keyof SharingRequests]: (params: Fields) => SharingRequests[N]['params'];
};

const audiences = ['machine', 'addresses', 'lan', 'internet'] as const;
const maxAddresses = 64;
const list = (maxItems: number, maxLength: number) => (fields: Fields, name: string) =>
  texts(fields, name, maxItems, maxLength);
const label = (fields: Fields, name: string): string => text(fields, name, 200);
const shareId = (fields: Fields): { id: string } => ({ id: text(fields, 'id', 64) });
const addresses = list(maxAddresses, 100);

/** One row per request about exposure, TLS, shares and the check-up. */
export const sharingParamReaders: SharingParamReaders = {
  'exposure/addresses': nothing,
  'exposure/confirm': (fields) => ({
    scope: oneOf(fields, 'scope', exposureScopes),
    ...optional(fields, 'addresses', addresses),
    ...optional(fields, 'until', time),
  }),
  'exposure/close': nothing,

  'tls/renew': nothing,
  'tls/ca': nothing,

  'shares/list': (fields) => ({ ended: fields.ended === true }),
  'shares/create': (fields) => ({
    label: label(fields, 'label'),
    audience: audience(object(fields, 'audience')),
    limits: limits(object(fields, 'limits')),
    ...optional(fields, 'expiresAt', time),
    ...optional(fields, 'addresses', addresses),
  }),
  'shares/change': (fields) => ({
    ...shareId(fields),
    ...optional(fields, 'label', label),
    ...optional(fields, 'limits', (f, name) => limits(object(f, name))),
    ...optional(fields, 'audience', (f, name) => audience(object(f, name))),
    // Here null has a meaning: no end.
    ...(fields.expiresAt === null ? { expiresAt: null } : optional(fields, 'expiresAt', time)),
  }),
  'shares/end': shareId,
  'shares/rotate': (fields) => ({ ...shareId(fields), graceMinutes: number(fields, 'graceMinutes', 0, 43_200) }),

  'checkup/run': nothing,
  'checkup/cancel': nothing,
};

function audience(fields: Fields): ShareAudience {
  const type = oneOf(fields, 'type', audiences);
  return type === 'addresses' ? { type, ranges: texts(fields, 'ranges', 1000, 100) } : { type };
}

function limits(fields: Fields): ShareLimits {
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

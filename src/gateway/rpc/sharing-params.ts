import { exposureScopes } from '../../core/exposure';
import type { ShareAudience } from '../../core/share';
import type { SharingRequests } from '../../protocol/sharing-rpc';
import { changedEnd, idParam, limits, rotation } from './limit-params';
import { list, nothing, object, oneOf, optional, text, texts, time, type Fields } from './param-readers';

export type SharingParamReaders = {
  readonly [N in keyof SharingRequests]: (params: Fields) => SharingRequests[N]['params'];
};

const audiences = ['machine', 'addresses', 'lan', 'internet'] as const;
const maxAddresses = 64;
const label = (fields: Fields, name: string): string => text(fields, name, 200);
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
  'tls/revoke': nothing,
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
    ...idParam(fields),
    ...optional(fields, 'label', label),
    ...optional(fields, 'limits', (f, name) => limits(object(f, name))),
    ...optional(fields, 'audience', (f, name) => audience(object(f, name))),
    ...changedEnd(fields),
  }),
  'shares/end': idParam,
  'shares/rotate': rotation,

  'checkup/run': nothing,
  'checkup/cancel': nothing,
};

function audience(fields: Fields): ShareAudience {
  const type = oneOf(fields, 'type', audiences);
  if (type === 'addresses') return { type, ranges: texts(fields, 'ranges', 1000, 100) };
  return type === 'lan' ? { type, ...optional(fields, 'interfaces', addresses) } : { type };
}

import { FlmError } from '../core/errors';
import type { SharingRequests } from '../protocol/sharing-rpc';

export type SharingHandlers = {
  readonly [N in keyof SharingRequests]: (
    params: SharingRequests[N]['params'],
  ) => SharingRequests[N]['result'] | Promise<SharingRequests[N]['result']>;
};

const notThere = (): never => {
  throw new FlmError('not_found', 'This gateway cannot do that.');
};

/** Until a part of the gateway answers a request, `not_found` does. */
const unanswered: SharingHandlers = {
  'exposure/addresses': notThere,
  'exposure/confirm': notThere,
  'exposure/close': notThere,
  'tls/renew': notThere,
  'tls/revoke': notThere,
  'tls/ca': notThere,
  'shares/list': notThere,
  'shares/create': notThere,
  'shares/change': notThere,
  'shares/end': notThere,
  'shares/rotate': notThere,
  'checkup/run': notThere,
  'checkup/cancel': notThere,
};

/** The handlers of all parts together: each brings those of its own requests. */
export function sharingHandlers(...parts: readonly Partial<SharingHandlers>[]): SharingHandlers {
  return Object.assign({}, unanswered, ...parts) as SharingHandlers;
}

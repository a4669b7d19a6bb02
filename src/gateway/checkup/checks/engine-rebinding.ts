import { reason } from '../../../core/reason';
import { engineCheck } from '../engine-check';

/** A name that can be nobody's (RFC 6761 §6.4), as a page that rebinds its own name would send it. */
export const foreignHost = 'flm-checkup.invalid';

/** Engines that answer whatever host they are called by, which is what DNS rebinding needs. */
export const engineRebinding = engineCheck({
  id: 'engine-rebinding',
  problem: 'rebinding',
  headers: ({ baseUrl }) => {
    const { port } = new URL(baseUrl);
    return { host: port === '' ? foreignHost : `${foreignHost}:${port}` };
  },
  what: ({ name, baseUrl }) => reason('checkup.rebinding.what', name, baseUrl),
  why: reason('checkup.rebinding.why'),
  source: 'https://owasp.org/www-community/attacks/DNS_Rebinding',
});

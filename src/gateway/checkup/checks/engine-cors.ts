import { reason } from '../../../core/reason';
import { engineCheck } from '../engine-check';

/** A web page that nobody trusts: `.invalid` is nobody's (RFC 6761 §6.4). */
export const foreignOrigin = 'https://flm-checkup.invalid';

/** Engines whose answers any web page in a browser on this machine may read. */
export const engineCors = engineCheck({
  id: 'engine-cors',
  problem: 'cors',
  headers: () => ({ origin: foreignOrigin }),
  letsIn: ({ headers }) => {
    const allowed = headers['access-control-allow-origin']?.trim();
    return allowed === '*' || allowed === foreignOrigin;
  },
  what: ({ name, baseUrl }) => reason('checkup.cors.what', name, baseUrl),
  why: reason('checkup.cors.why'),
  source: 'https://developer.mozilla.org/docs/Web/HTTP/Guides/CORS',
});

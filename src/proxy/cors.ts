import type { IncomingHttpHeaders } from 'node:http';

/** Headers a page may read besides the safelisted ones. */
const exposed =
  'x-request-id, request-id, x-flm-gateway, x-flm-repair, x-flm-warning, x-flm-estimate, x-flm-engine, x-flm-queue-ms, x-flm-overhead-us, retry-after, ratelimit, ratelimit-policy';

/** Added to every answer to an allowed origin: that origin, exactly; never a list, never `*`, no credentials. */
export function corsHeaders(origin: string): readonly string[] {
  return ['access-control-allow-origin', origin, 'access-control-expose-headers', exposed, 'vary', 'Origin'];
}

/** An OPTIONS request that a browser sends before the real one (Fetch standard, «CORS-preflight request»). */
export function isPreflight(method: string, headers: IncomingHttpHeaders): boolean {
  return method === 'OPTIONS' && headers['access-control-request-method'] !== undefined;
}

/**
 * Headers of the answer to a preflight of an allowed origin. The requested header names are granted as asked, since
 * SDKs send many of their own (`x-stainless-*`); anything that is not a list of header names is left out. Access from a
 * public page to this machine (Private Network Access) is granted where the browser asks for it.
 */
export function preflightHeaders(methods: readonly string[], headers: IncomingHttpHeaders): readonly string[] {
  const answer = ['access-control-allow-methods', methods.join(', '), 'access-control-max-age', '600'];
  const asked = headers['access-control-request-headers'];
  if (asked !== undefined && asked.length <= 4096 && /^[\w\-!#$%&'*+.^`|~, ]+$/.test(asked)) {
    answer.push('access-control-allow-headers', asked);
  }
  if (headers['access-control-request-private-network'] === 'true') {
    answer.push('access-control-allow-private-network', 'true');
  }
  return answer;
}

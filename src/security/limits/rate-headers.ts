/**
 * Limits as headers: `RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers-10) and the
 * `x-ratelimit-*` set OpenAI clients read.
 */
export function rateHeaders(
  policy: string,
  limit: number,
  windowSec: number,
  used: number,
  resetMs: number,
): Record<string, string> {
  const remaining = Math.max(0, Math.floor(limit - used));
  const resetSec = Math.max(0, Math.ceil(resetMs / 1000));
  return {
    'ratelimit-policy': `"${policy}";q=${limit};w=${windowSec}`,
    ratelimit: `"${policy}";r=${remaining};t=${resetSec}`,
    'x-ratelimit-limit-requests': String(limit),
    'x-ratelimit-remaining-requests': String(remaining),
    'x-ratelimit-reset-requests': `${resetSec}s`,
  };
}

/** A day's tokens, in the set OpenAI clients read. */
export function tokenHeaders(limit: number, used: number, resetSec: number): Record<string, string> {
  return {
    'x-ratelimit-limit-tokens': String(limit),
    'x-ratelimit-remaining-tokens': String(Math.max(0, Math.floor(limit - used))),
    'x-ratelimit-reset-tokens': `${resetSec}s`,
  };
}

/** How a key stands with a limit for the UTC day. */
export interface DayLimit {
  readonly limit: number;
  readonly used: number;
  /** Until 00:00 UTC. */
  readonly resetSec: number;
}

/**
 * The headers of a shorter window with the day's requests beside it: a second policy in the draft's lists; the
 * `x-ratelimit-*` set has room for one, so it tells of whichever has less left.
 */
export function withDayLimit(
  headers: Readonly<Record<string, string>>,
  { limit, used, resetSec }: DayLimit,
): Record<string, string> {
  const remaining = Math.max(0, limit - used);
  const both = (name: 'ratelimit-policy' | 'ratelimit', own: string) =>
    headers[name] === undefined ? own : `${headers[name]}, ${own}`;
  const shorter = headers['x-ratelimit-remaining-requests'];
  return {
    ...headers,
    'ratelimit-policy': both('ratelimit-policy', `"key-day";q=${limit};w=86400`),
    ratelimit: both('ratelimit', `"key-day";r=${remaining};t=${resetSec}`),
    ...(shorter !== undefined && Number(shorter) <= remaining
      ? {}
      : {
          'x-ratelimit-limit-requests': String(limit),
          'x-ratelimit-remaining-requests': String(remaining),
          'x-ratelimit-reset-requests': `${resetSec}s`,
        }),
  };
}

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

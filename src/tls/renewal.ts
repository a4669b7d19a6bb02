const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

const firstRetryMs = 5 * minuteMs;
const lastRetryMs = dayMs;
/** A server may ask for longer than {@link lastRetryMs}; more than a week is taken for a mistake. */
const longestRetryAfterMs = 7 * dayMs;

/**
 * When to renew: at two thirds of the lifetime, earlier by a random part of 2 % of it (a day at most), so that many
 * machines do not ask at once. Epoch ms.
 */
export function renewalTime(
  { notBefore, notAfter }: { readonly notBefore: number; readonly notAfter: number },
  random: () => number,
): number {
  const lifeMs = notAfter - notBefore;
  return Math.floor(notBefore + (lifeMs * 2) / 3 - random() * Math.min(lifeMs / 50, dayMs));
}

/**
 * How long to wait after the n-th failure in a row: 5 min, 15 min, 45 min … a day, each ± 20 %. Let's Encrypt allows
 * five failed validations of a name an hour; this makes three. Never sooner than the server's Retry-After.
 */
export function retryDelayMs(failures: number, random: () => number, retryAfterMs = 0): number {
  const base = Math.min(firstRetryMs * 3 ** Math.min(failures - 1, 10), lastRetryMs);
  const jittered = base * (0.8 + random() * 0.4);
  return Math.round(Math.max(jittered, Math.min(retryAfterMs, longestRetryAfterMs)));
}

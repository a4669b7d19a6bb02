const dayMs = 86_400_000;

/** UTC day a moment belongs to: what `tokensPerDay` and `requestsPerDay` count by. */
export function dayOf(at: number): number {
  return Math.floor(at / dayMs);
}

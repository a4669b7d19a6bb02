/** Whether a block or an entry of the allowlist has not ended. */
export function isActive(entry: { readonly expiresAt?: number }, now: number): boolean {
  return entry.expiresAt === undefined || entry.expiresAt > now;
}

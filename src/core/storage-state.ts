import type { Reason } from './reason';

/**
 * How safe what FLM remembers is right now.
 *
 * - `ok`: what is acknowledged survives a crash
 * - `degraded`: the gateway goes on and remembers in memory; `reason` says what is wrong. Left again by itself
 * - `read-only`: what was stored can be read, nothing new is kept (a newer FLM wrote it, or another process took over)
 */
export type StorageState =
  | { readonly kind: 'ok' }
  | { readonly kind: 'degraded'; readonly reason: Reason }
  | { readonly kind: 'read-only'; readonly reason: Reason };

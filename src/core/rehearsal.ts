/**
 * What a replay of stored records cannot show. Said with every answer, so that nobody takes it for more than it is.
 *
 * - `load`: resource protection, queues and limits of concurrency depend on a load that is not stored
 * - `recorded-signs`: attack patterns, open connections, slow uploads and repeated bodies are known as far as they were
 *   noticed at the time; thresholds below those of then find no more
 * - `blocked-then`: requests that a block refused were not looked into
 * - `repeated-keys`: the same wrong key again within a minute is stored once
 * - `as-shared`: mode `auto` is replayed as if other machines could reach the gateway, which is when it enforces
 * - `cut-short`: time ran out; later records were left out
 */
export const rehearsalLimits = [
  'load',
  'recorded-signs',
  'blocked-then',
  'repeated-keys',
  'as-shared',
  'cut-short',
] as const;
export type RehearsalLimit = (typeof rehearsalLimits)[number];

/** What a policy would have done to the stored records, compared with what happened. */
export interface Rehearsal {
  /** Addresses that would have been blocked, worst first, at most 20. */
  readonly wouldBlock: readonly RehearsedAddress[];
  readonly wouldBlockTotal: number;
  /** Of these, how many were not blocked at the time. */
  readonly wouldBlockNew: number;
  /** Requests that would have been answered with 429. */
  readonly wouldThrottle: number;
  /** Of these, how many came from this machine or with a valid key. */
  readonly wouldThrottleOwn: number;
  /** Addresses that were blocked and would not have been, at most 20. */
  readonly spared: readonly RehearsedAddress[];
  readonly sparedTotal: number;
  /** Records looked at. */
  readonly rows: number;
  /** Epoch ms of the oldest record looked at, and of the end of the replay. */
  readonly from: number;
  readonly to: number;
  readonly limits: readonly RehearsalLimit[];
}

export interface RehearsedAddress {
  /** Address or range. */
  readonly address: string;
  /** Epoch ms. */
  readonly at: number;
  readonly rule: string;
  /** It was blocked at the time, too. */
  readonly wasBlocked: boolean;
}

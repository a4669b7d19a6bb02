import type { ExposureDemand } from './exposure';

/** Who a share is for. */
export type ShareAudience =
  | { readonly type: 'machine' }
  /** One or more addresses or CIDR ranges. */
  | { readonly type: 'addresses'; readonly ranges: readonly string[] }
  /**
   * The networks this machine is in: those of the interfaces with these names, `eth0`, as far as they are there;
   * undefined: all private ones, whatever their names.
   */
  | { readonly type: 'lan'; readonly interfaces?: readonly string[] }
  | { readonly type: 'internet' };

/** How much and what. Undefined: no limit of that kind. */
export interface ShareLimits {
  /** Canonical model ids or patterns with `*`. */
  readonly models?: readonly string[];
  readonly routes?: readonly string[];
  readonly requestsPerMinute?: number;
  readonly requestsPerDay?: number;
  readonly tokensPerDay?: number;
  readonly concurrency?: number;
}

/**
 * "Let my colleague use these two models until Friday": one key of its own, the exposure it needs, an end. A share
 * holds no secret; its key's is shown once.
 */
export interface Share {
  /** `share_` and 12 characters. */
  readonly id: string;
  readonly label: string;
  readonly audience: ShareAudience;
  readonly limits: ShareLimits;
  readonly keyId: string;
  /** What it asks of the exposure while it lasts. */
  readonly exposure: ExposureDemand;
  /** Addresses of this machine somebody chose for it; undefined: those that fit the audience. */
  readonly addresses?: readonly string[];
  readonly createdAt: number;
  /** Epoch ms. */
  readonly expiresAt?: number;
  /** Set once it is over; the record stays. */
  readonly endedAt?: number;
  readonly endedBy?: 'person' | 'expiry' | 'key-revoked';
}

/** A share with what became of it so far. */
export interface ShareView extends Share {
  readonly requests: number;
  readonly refused: number;
  readonly tokens: number;
  readonly requestsToday: number;
  readonly tokensToday: number;
  readonly lastUsedAt?: number;
}

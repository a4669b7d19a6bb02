import type { AuditKind } from './audit';

/** What a key may do and how much. Undefined or empty: no limit of that kind. */
export interface KeyScope {
  /** Canonical model ids or patterns with `*` (`ollama/*`, `*embed*`). */
  readonly models?: readonly string[];
  /** Route patterns: `/v1/chat/completions`. */
  readonly routes?: readonly string[];
  readonly requestsPerMinute?: number;
  /** Requests that reach an engine, per UTC day. */
  readonly requestsPerDay?: number;
  /** Tokens in and out together, per UTC day. */
  readonly tokensPerDay?: number;
  readonly concurrency?: number;
  /** Addresses and CIDR ranges the key may be used from. */
  readonly addresses?: readonly string[];
}

/** A key as stored and shown: everything but the secret, which exists in clear only once, at creation. */
export interface ApiKey {
  /** Public part: 12 characters, in the key itself (`flm-<id>-<secret>`) and in every log. */
  readonly id: string;
  readonly label: string;
  /** A decoy raises an alarm when used and opens nothing. */
  readonly kind: 'normal' | 'decoy';
  readonly scope: KeyScope;
  readonly createdAt: number;
  readonly expiresAt?: number;
  readonly revokedAt?: number;
  /** Set while an older secret is still accepted after a rotation. */
  readonly graceUntil?: number;
  readonly lastUsedAt?: number;
  /** Why the key exists: made by hand, for a tool, for a share. */
  readonly purpose?: string;
  /** The share it belongs to: it is changed through it. */
  readonly shareId?: string;
}

/** SHA-256 of the secret(s), hex. Never leaves the gateway. */
export interface StoredKey extends ApiKey {
  readonly secretHash: string;
  /** Hash of the secret before the last rotation, honoured until `graceUntil`. */
  readonly previousHash?: string;
}

/** Answer of the one call that returns a secret. */
export interface CreatedKey {
  readonly key: ApiKey;
  /** `flm-<id>-<43 characters base64url>`: shown once, stored nowhere. */
  readonly secret: string;
}

/** Where keys live. `put` returns once the change is in the journal on its way to the disk: it survives a crash. */
export interface KeyStore {
  get(id: string): StoredKey | undefined;
  list(): readonly StoredKey[];
  put(key: StoredKey, because: AuditKind): Promise<void>;
  /** Forgets a key for good, with what it used. Resolves once that is on the disk. */
  remove(id: string): Promise<void>;
  /** Remembered in memory at once, saved with the next batch. */
  touch(id: string, usedAt: number): void;
}

/** Whether the key would open the door now. */
export function isUsableKey({ kind, revokedAt, expiresAt }: ApiKey, now: number): boolean {
  return kind === 'normal' && revokedAt === undefined && (expiresAt ?? Infinity) > now;
}

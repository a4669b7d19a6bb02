import type { ApiKey, CreatedKey, KeyScope, KeyStore, StoredKey } from '../../core/api-key';
import { isUsableKey } from '../../core/api-key';
import type { Clock } from '../../core/clock';
import { FlmError } from '../../core/errors';
import { formatKey, generateKey, generateSecret, hashSecret } from './key-format';
import { normalizeScope } from './key-scope';

export interface NewKey {
  readonly label: string;
  readonly kind?: ApiKey['kind'];
  readonly scope?: KeyScope;
  /** Epoch ms, in the future. */
  readonly expiresAt?: number;
  readonly purpose?: string;
  /** Share it is made for. */
  readonly shareId?: string;
}

export interface KeyChange {
  readonly label?: string;
  readonly scope?: KeyScope;
  /** Null: no longer expires. */
  readonly expiresAt?: number | null;
}

const maxKeys = 1_000;
const maxLabelLength = 80;
export const defaultGraceMs = 24 * 60 * 60 * 1000;
const maxGraceMs = 30 * 24 * 60 * 60 * 1000;

/**
 * Makes and changes keys. Each change resolves once it is on the disk, together with its audit row. Rejects with
 * `config_invalid` (bad label, scope, expiry), `not_found`, or `storage_failed`.
 */
export class KeyManager {
  readonly #store: KeyStore;
  readonly #clock: Pick<Clock, 'now'>;

  constructor(store: KeyStore, clock: Pick<Clock, 'now'>) {
    this.#store = store;
    this.#clock = clock;
  }

  /** The only moment the secret is known. When it cannot be stored there is no key. */
  async create(wanted: NewKey): Promise<CreatedKey> {
    if (this.#store.list().length >= maxKeys) {
      throw new FlmError('config_invalid', `There are ${maxKeys} keys already.`);
    }
    const now = this.#clock.now();
    const parts = this.#unusedKey();
    const stored: StoredKey = {
      id: parts.id,
      label: checkLabel(wanted.label),
      kind: wanted.kind ?? 'normal',
      scope: normalizeScope(wanted.scope ?? {}),
      createdAt: now,
      ...(wanted.expiresAt === undefined ? {} : { expiresAt: checkExpiry(wanted.expiresAt, now) }),
      ...(wanted.purpose === undefined ? {} : { purpose: wanted.purpose.slice(0, 200) }),
      ...(wanted.shareId === undefined ? {} : { shareId: wanted.shareId }),
      secretHash: hashSecret(parts.secret),
    };
    await this.#store.put(stored, 'key.created');
    return { key: publicKey(stored), secret: formatKey(parts) };
  }

  /** Newest first, revoked and expired ones too. */
  list(): readonly ApiKey[] {
    return this.#store
      .list()
      .map((key) => publicKey(key))
      .sort((a, b) => b.createdAt - a.createdAt || a.label.localeCompare(b.label));
  }

  /** Somebody could come in with a key now: without one FLM listens on loopback only. */
  hasUsableKey(): boolean {
    const now = this.#clock.now();
    return this.#store.list().some((key) => isUsableKey(key, now));
  }

  /** @param shareId of the share in whose name it is changed: the key of a share is not changed past it */
  async change(id: string, change: KeyChange, shareId?: string): Promise<ApiKey> {
    const { expiresAt: oldExpiry, ...key } = this.#living(id);
    if (key.shareId !== shareId) {
      throw new FlmError('config_invalid', 'The key belongs to a share. Change the share instead.');
    }
    const expiresAt = change.expiresAt === undefined ? oldExpiry : (change.expiresAt ?? undefined);
    const isNewExpiry = change.expiresAt !== undefined && expiresAt !== undefined;
    const changed: StoredKey = {
      ...key,
      label: change.label === undefined ? key.label : checkLabel(change.label),
      scope: change.scope === undefined ? key.scope : normalizeScope(change.scope),
      ...(expiresAt === undefined
        ? {}
        : { expiresAt: isNewExpiry ? checkExpiry(expiresAt, this.#clock.now()) : expiresAt }),
    };
    await this.#store.put(changed, 'key.changed');
    return publicKey(changed);
  }

  /** Holds at once, also when the disk fails (the promise then rejects). Revoking twice is harmless. */
  async revoke(id: string): Promise<ApiKey> {
    const key = this.#known(id);
    if (key.revokedAt !== undefined) return publicKey(key);
    const revoked: StoredKey = { ...key, revokedAt: this.#clock.now() };
    await this.#store.put(revoked, 'key.revoked');
    return publicKey(revoked);
  }

  /** Forgets a key that was revoked. */
  async remove(id: string): Promise<void> {
    if (this.#known(id).revokedAt === undefined) throw new FlmError('config_invalid', 'The key is not revoked.');
    await this.#store.remove(id);
  }

  /** A new secret under the same id; the old one is accepted for `graceMs` more (a day by default, 0: no longer). */
  async rotate(id: string, graceMs = defaultGraceMs): Promise<CreatedKey> {
    const key = this.#living(id);
    const secret = generateSecret();
    const rotated: StoredKey = {
      ...key,
      secretHash: hashSecret(secret),
      previousHash: key.secretHash,
      graceUntil: this.#clock.now() + Math.max(0, Math.min(maxGraceMs, graceMs)),
    };
    await this.#store.put(rotated, 'key.rotated');
    return { key: publicKey(rotated), secret: formatKey({ id, secret }) };
  }

  #unusedKey(): { id: string; secret: string } {
    for (;;) {
      const parts = generateKey();
      if (this.#store.get(parts.id) === undefined) return parts;
    }
  }

  #known(id: string): StoredKey {
    const key = this.#store.get(id);
    if (key === undefined) throw new FlmError('not_found', 'There is no such key.');
    return key;
  }

  #living(id: string): StoredKey {
    const key = this.#known(id);
    if (key.revokedAt !== undefined) throw new FlmError('config_invalid', 'The key was revoked.');
    return key;
  }
}

/** The key without its hashes. */
export function publicKey(stored: StoredKey): ApiKey {
  const key: Partial<StoredKey> = { ...stored };
  delete (key as { secretHash?: string }).secretHash;
  delete (key as { previousHash?: string }).previousHash;
  return key as ApiKey;
}

function checkLabel(label: string): string {
  const trimmed = label.trim();
  if (trimmed === '' || trimmed.length > maxLabelLength || /[\u0000-\u001f\u007f]/.test(trimmed)) {
    throw new FlmError('config_invalid', `A label has 1 to ${maxLabelLength} printable characters.`);
  }
  return trimmed;
}

function checkExpiry(expiresAt: number, now: number): number {
  if (!Number.isFinite(expiresAt) || expiresAt <= now) {
    throw new FlmError('config_invalid', 'The expiry must be in the future.');
  }
  return Math.round(expiresAt);
}

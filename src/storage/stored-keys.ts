import type { KeyStore, StoredKey } from '../core/api-key';
import type { AuditKind } from '../core/audit';
import type { Clock } from '../core/clock';
import type { RecordSink } from './record-sink';

/** Uses of a key within this time are one: they only feed "last used" in the list of keys. */
const touchEveryMs = 10_000;
/** Nor is a copy of the key made for each request. */
const rememberEveryMs = 1000;

/** The keys, in memory and in the journal. Each change is written together with its audit row. */
export class StoredKeys implements KeyStore {
  readonly #sink: RecordSink;
  readonly #clock: Clock;
  readonly #keys = new Map<string, StoredKey>();
  readonly #touched = new Map<string, number>();

  constructor(sink: RecordSink, clock: Clock) {
    this.#sink = sink;
    this.#clock = clock;
  }

  load(keys: readonly StoredKey[]): void {
    for (const key of keys) this.#keys.set(key.id, key);
  }

  get(id: string): StoredKey | undefined {
    return this.#keys.get(id);
  }

  list(): readonly StoredKey[] {
    return [...this.#keys.values()];
  }

  /**
   * Resolves once key and audit row are on the disk. Rejects with `storage_failed` otherwise: a new key is then
   * forgotten again; a change (a revocation above all) stays in force and is written when the disk allows.
   */
  async put(key: StoredKey, because: AuditKind): Promise<void> {
    const isNew = !this.#keys.has(key.id);
    this.#keys.set(key.id, key);
    this.#sink.append('k', key);
    this.#sink.append('a', {
      kind: because,
      severity: 'info',
      at: this.#clock.now(),
      keyId: key.id,
      details: { label: key.label, kind: key.kind },
    });
    try {
      await this.#sink.durable();
    } catch (error) {
      if (isNew) this.#forget(key.id);
      throw error;
    }
  }

  touch(id: string, usedAt: number): void {
    const key = this.#keys.get(id);
    if (key === undefined) return;
    const { lastUsedAt = 0 } = key;
    if (usedAt >= lastUsedAt && usedAt < lastUsedAt + rememberEveryMs) return;
    this.#keys.set(id, { ...key, lastUsedAt: Math.max(lastUsedAt, usedAt) });
    const last = this.#touched.get(id);
    const now = this.#clock.monotonic();
    if (last !== undefined && now - last < touchEveryMs) return;
    this.#touched.set(id, now);
    this.#sink.append('t', { id, at: usedAt });
  }

  /** Removes a key and its name from the list for good. Resolves once that is on the disk. */
  async remove(id: string): Promise<void> {
    this.#forget(id);
    await this.#sink.durable();
  }

  #forget(id: string): void {
    this.#keys.delete(id);
    this.#touched.delete(id);
    this.#sink.append('kd', { id });
  }
}

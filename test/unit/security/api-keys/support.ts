import type { KeyStore, StoredKey } from '../../../../src/core/api-key';
import type { AuditKind } from '../../../../src/core/audit';
import { FlmError } from '../../../../src/core/errors';
import type { RequestFacts } from '../../../../src/core/request';

/** Keys in a map; `failing` makes `put` reject as a full disk does. */
export class MemoryKeyStore implements KeyStore {
  readonly keys = new Map<string, StoredKey>();
  readonly told: [string, AuditKind][] = [];
  readonly lookedUp: string[] = [];
  failing = false;

  get(id: string): StoredKey | undefined {
    this.lookedUp.push(id);
    return this.keys.get(id);
  }

  list(): readonly StoredKey[] {
    return [...this.keys.values()];
  }

  async put(key: StoredKey, because: AuditKind): Promise<void> {
    if (this.failing) throw new FlmError('storage_failed', 'disk full');
    this.keys.set(key.id, key);
    this.told.push([key.id, because]);
  }

  remove(id: string): Promise<void> {
    this.keys.delete(id);
    return Promise.resolve();
  }

  touch(id: string, usedAt: number): void {
    const key = this.keys.get(id);
    if (key) this.keys.set(id, { ...key, lastUsedAt: usedAt });
  }
}

/** A request from elsewhere unless told otherwise. */
export function makeFacts(over: Partial<RequestFacts> = {}): RequestFacts {
  return {
    id: 'req_1',
    receivedAt: 0,
    method: 'POST',
    target: '/v1/chat/completions',
    headers: {},
    rawHeaders: [],
    socketAddress: '203.0.113.9',
    clientAddress: '203.0.113.9',
    isDirectLocal: false,
    route: '/v1/chat/completions',
    isTls: false,
    ...over,
  };
}

export function bearer(key: string, over: Partial<RequestFacts> = {}): RequestFacts {
  return makeFacts({
    headers: { authorization: `Bearer ${key}` },
    rawHeaders: ['Authorization', `Bearer ${key}`],
    ...over,
  });
}

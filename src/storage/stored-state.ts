import type { StoredKey } from '../core/api-key';
import type { AllowEntry, Block } from '../core/block';
import type { Engine } from '../core/engine';
import type { KeyUse } from '../core/key-use';
import type { Database, SqlValue } from './database';
import type { StoredDocument } from './journal-entry';

/** Requests that got a slot, and tokens, of one key on one UTC day. */
export interface KeyDay {
  readonly keyId: string;
  /** Days since 1970-01-01 UTC. */
  readonly day: number;
  readonly requests: number;
  readonly tokens: number;
}

export interface CachedEngines {
  readonly engines: readonly Engine[];
  readonly savedAt: number;
}

/** What the gateway holds in memory: everything but the logs. */
export interface StoredState {
  readonly keys: readonly StoredKey[];
  readonly blocks: readonly Block[];
  readonly allowed: readonly AllowEntry[];
  readonly documents: readonly StoredDocument[];
  readonly usage: readonly KeyDay[];
  /** Of each key since it was made. */
  readonly totals: readonly KeyUse[];
  readonly engines: CachedEngines | undefined;
}

export const emptyState: StoredState = {
  keys: [],
  blocks: [],
  allowed: [],
  documents: [],
  usage: [],
  totals: [],
  engines: undefined,
};

/** Reads the small tables. A row that is no JSON is left out: one bad row must not lock everybody out. */
export function readState(db: Database): StoredState {
  const [engines] = db.all('SELECT json, saved_at FROM engine_cache');
  const cached = engines && parse<readonly Engine[]>(engines[0]);
  return {
    keys: db.all('SELECT json, last_used_at FROM keys').flatMap(([json, usedAt]) => {
      const key = parse<StoredKey>(json);
      return key ? [typeof usedAt === 'number' ? { ...key, lastUsedAt: usedAt } : key] : [];
    }),
    blocks: db.all('SELECT json FROM blocks').flatMap(([json]) => parse<Block>(json) ?? []),
    allowed: db.all('SELECT json FROM allowed').flatMap(([json]) => parse<AllowEntry>(json) ?? []),
    documents: db.all('SELECT name, json, updated_at FROM documents').map(([name, json, updatedAt]) => ({
      name: String(name),
      value: parse<unknown>(json),
      updatedAt: Number(updatedAt),
    })),
    usage: db.all('SELECT key_id, day, requests, tokens FROM usage').map(([keyId, day, requests, tokens]) => ({
      keyId: String(keyId),
      day: Number(day),
      requests: Number(requests),
      tokens: Number(tokens),
    })),
    totals: db
      .all('SELECT key_id, requests, refused, tokens, last_at FROM key_totals')
      .map(([keyId, requests, refused, tokens, at]) => ({
        keyId: String(keyId),
        requests: Number(requests),
        refused: Number(refused),
        tokens: Number(tokens),
        at: Number(at),
      })),
    engines: cached && { engines: cached, savedAt: Number(engines[1]) },
  };
}

// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- the caller names what it stored
function parse<T>(json: SqlValue | undefined): T | undefined {
  try {
    return typeof json === 'string' ? (JSON.parse(json) as T) : undefined;
  } catch {
    return undefined;
  }
}

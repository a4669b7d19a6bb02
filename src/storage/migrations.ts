import { FlmError } from '../core/errors';
import type { Database } from './database';

/** One step forward of the schema. Never change one that was released: add the next. */
export interface Migration {
  /** The schema's version afterwards: 1, 2, 3 … without gaps. */
  readonly version: number;
  readonly what: string;
  up(db: Database): void;
}

export const migrations: readonly Migration[] = [
  {
    version: 1,
    what: 'audit rows with their chain, access records, keys, blocks, documents',
    up: (db) =>
      db.script(`
        CREATE TABLE meta (name TEXT PRIMARY KEY, value) WITHOUT ROWID;
        CREATE TABLE audit (
          seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, kind TEXT NOT NULL, severity INTEGER NOT NULL,
          request_id TEXT, address TEXT, key_id TEXT, route TEXT, engine_id TEXT, model_id TEXT,
          status INTEGER, latency_ms REAL, rule TEXT, error_code TEXT, evidence TEXT, observed INTEGER, details TEXT,
          hash BLOB NOT NULL);
        CREATE INDEX audit_at ON audit (at);
        CREATE INDEX audit_kind ON audit (kind, at);
        CREATE INDEX audit_severity ON audit (severity, at);
        CREATE INDEX audit_address ON audit (address, at) WHERE address IS NOT NULL;
        CREATE INDEX audit_key ON audit (key_id, at) WHERE key_id IS NOT NULL;
        CREATE TABLE anchors (
          kind TEXT NOT NULL, seq INTEGER NOT NULL, hash BLOB NOT NULL, from_seq INTEGER NOT NULL, at INTEGER NOT NULL,
          mac BLOB NOT NULL, PRIMARY KEY (kind, seq)) WITHOUT ROWID;
        CREATE TABLE access (
          seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, request_id TEXT NOT NULL, address TEXT NOT NULL,
          key_id TEXT, key_label TEXT, method TEXT, route TEXT, path TEXT, engine_id TEXT, model_id TEXT,
          status INTEGER, outcome TEXT NOT NULL, rule TEXT, error_code TEXT, is_stream INTEGER, duration_ms REAL,
          queue_ms REAL, first_token_ms REAL, tokens_in INTEGER, tokens_out INTEGER, bytes_in INTEGER,
          bytes_out INTEGER, user_agent TEXT);
        CREATE INDEX access_at ON access (at);
        CREATE INDEX access_key ON access (key_id, at) WHERE key_id IS NOT NULL;
        CREATE INDEX access_address ON access (address, at);
        CREATE TABLE keys (id TEXT PRIMARY KEY, json TEXT NOT NULL, last_used_at INTEGER) WITHOUT ROWID;
        CREATE TABLE blocks (range TEXT PRIMARY KEY, json TEXT NOT NULL) WITHOUT ROWID;
        CREATE TABLE allowed (range TEXT PRIMARY KEY, json TEXT NOT NULL) WITHOUT ROWID;
        CREATE TABLE documents (name TEXT PRIMARY KEY, json TEXT NOT NULL, updated_at INTEGER NOT NULL) WITHOUT ROWID;
      `),
  },
  {
    version: 2,
    what: 'tokens per key and day; the last known engines',
    up: (db) =>
      db.script(`
        CREATE TABLE usage (
          key_id TEXT NOT NULL, day INTEGER NOT NULL, requests INTEGER NOT NULL, tokens INTEGER NOT NULL,
          PRIMARY KEY (key_id, day)) WITHOUT ROWID;
        CREATE TABLE engine_cache (id INTEGER PRIMARY KEY CHECK (id = 1), json TEXT NOT NULL, saved_at INTEGER NOT NULL);
      `),
  },
  {
    version: 3,
    what: 'what each key has used in all',
    up: (db) =>
      db.script(`
        CREATE TABLE key_totals (
          key_id TEXT PRIMARY KEY, requests INTEGER NOT NULL, refused INTEGER NOT NULL, tokens INTEGER NOT NULL,
          last_at INTEGER NOT NULL) WITHOUT ROWID;
        INSERT INTO key_totals
          SELECT key_id, sum(outcome != 'refused' AND queue_ms IS NOT NULL), sum(outcome = 'refused'),
            coalesce(sum(tokens_in), 0) + coalesce(sum(tokens_out), 0), max(at)
          FROM access WHERE key_id IS NOT NULL GROUP BY key_id;
      `),
  },
  {
    version: 4,
    what: 'engines that were asked before the one that answered',
    up: (db) => db.script('ALTER TABLE access ADD COLUMN failed_engines TEXT'),
  },
];

/** `newer`: written by a later FLM; nothing was changed. */
export type MigrationResult =
  { readonly kind: 'current' | 'migrated' } | { readonly kind: 'newer'; readonly version: number };

/** Brings a database to the newest schema, each step in a transaction of its own. Throws when a step fails. */
export function migrate(db: Database, steps: readonly Migration[] = migrations): MigrationResult {
  const newest = steps.at(-1)?.version ?? 0;
  const version = db.schemaVersion;
  if (version > newest) return { kind: 'newer', version };
  const due = steps.filter((step) => step.version > version);
  for (const step of due) {
    try {
      db.transaction(() => {
        step.up(db);
        db.schemaVersion = step.version;
      });
    } catch (cause) {
      throw new FlmError('storage_failed', `Schema step ${step.version} (${step.what}) failed.`, { cause });
    }
  }
  return { kind: due.length > 0 ? 'migrated' : 'current' };
}

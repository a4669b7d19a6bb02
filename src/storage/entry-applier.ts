import { keyUse } from '../core/key-use';
import type { AccessRecord } from '../core/request';
import { accessValues, insertAccess } from './access-codec';
import type { AuditChain } from './audit-chain';
import type { Database } from './database';
import type { EntryTag, JournalEntries, JournalEntry } from './journal-entry';

export const dayMs = 86_400_000;

/** UTC day a moment belongs to: what `tokensPerDay` and `requestsPerDay` count by. */
export function dayOf(at: number): number {
  return Math.floor(at / dayMs);
}

type Appliers = { [T in EntryTag]: (value: JournalEntries[T]) => void };

/**
 * Puts journal entries into the database. What was applied is remembered with it, so that the same entry again does
 * nothing. Costs 10–40 µs an entry within a transaction.
 */
export class EntryApplier {
  readonly #db: Database;
  readonly #appliers: Appliers;
  #applied: number;

  constructor(db: Database, chain: AuditChain) {
    this.#db = db;
    this.#applied = db.number("SELECT value FROM meta WHERE name = 'applied'");
    const put = (table: string, key: string) => (id: string, value: unknown) =>
      db.run(`INSERT OR REPLACE INTO ${table} (${key}, json) VALUES (?, ?)`, [id, JSON.stringify(value)]);
    const putBlock = put('blocks', 'range');
    const putAllowed = put('allowed', 'range');
    this.#appliers = {
      a: (event) => chain.append(event),
      r: (record) => this.#addAccess(record),
      k: (key) =>
        db.run('INSERT OR REPLACE INTO keys (id, json, last_used_at) VALUES (?, ?, ?)', [
          key.id,
          JSON.stringify(key),
          key.lastUsedAt ?? null,
        ]),
      kd: ({ id }) => {
        db.run('DELETE FROM keys WHERE id = ?', [id]);
        db.run('DELETE FROM key_totals WHERE key_id = ?', [id]);
      },
      t: ({ id, at }) =>
        db.run('UPDATE keys SET last_used_at = max(coalesce(last_used_at, 0), ?) WHERE id = ?', [at, id]),
      b: (block) => putBlock(block.range, block),
      bd: ({ range }) => db.run('DELETE FROM blocks WHERE range = ?', [range]),
      w: (entry) => putAllowed(entry.range, entry),
      wd: ({ range }) => db.run('DELETE FROM allowed WHERE range = ?', [range]),
      d: (document) =>
        db.run('INSERT OR REPLACE INTO documents (name, json, updated_at) VALUES (?, ?, ?)', [
          document.name,
          JSON.stringify(document.value),
          document.updatedAt,
        ]),
      dd: ({ name }) => db.run('DELETE FROM documents WHERE name = ?', [name]),
    };
  }

  /** Number of the last entry in the database. */
  get applied(): number {
    return this.#applied;
  }

  /** Applies entries in one transaction, leaving out those applied before. Returns how many the database refused. */
  apply(entries: Iterable<JournalEntry>): number {
    let refused = 0;
    let last = this.#applied;
    this.#db.transaction(() => {
      for (const [number, tag, value] of entries) {
        if (number <= last) continue;
        last = number;
        try {
          (this.#appliers[tag] as (value: unknown) => void)(value);
        } catch {
          refused++; // One senseless entry must not take its neighbours along.
        }
      }
      this.#db.run("INSERT OR REPLACE INTO meta (name, value) VALUES ('applied', ?)", [last]);
    });
    this.#applied = last;
    return refused;
  }

  #addAccess(record: AccessRecord): void {
    this.#db.run(insertAccess, accessValues(record));
    const use = keyUse(record);
    if (use === undefined) return;
    const { keyId, requests, refused, tokens, at } = use;
    this.#db.run(
      'INSERT INTO usage (key_id, day, requests, tokens) VALUES (?, ?, ?, ?) ON CONFLICT (key_id, day) ' +
        'DO UPDATE SET requests = requests + excluded.requests, tokens = tokens + excluded.tokens',
      [keyId, dayOf(at), requests, tokens],
    );
    this.#db.run(
      'INSERT INTO key_totals (key_id, requests, refused, tokens, last_at) VALUES (?, ?, ?, ?, ?) ' +
        'ON CONFLICT (key_id) DO UPDATE SET requests = requests + excluded.requests, ' +
        'refused = refused + excluded.refused, tokens = tokens + excluded.tokens, ' +
        'last_at = max(last_at, excluded.last_at)',
      [keyId, requests, refused, tokens, at],
    );
  }
}

import { basename } from 'node:path';
import type { AuditEvent, Severity } from '../core/audit';
import { messageOf } from '../core/errors';
import { Database } from './database';
import type { FileSystem } from './file-system';
import type { JournalEntry } from './journal-entry';
import { listJournalFiles } from './journal-files';
import { parseJournal } from './journal-format';
import { unseal } from './sealed-file';
import type { SealKind } from './sealed-file';
import { loadSqlEngine } from './sql-engine';
import type { SqlEngine } from './sql-engine';
import { backupPath, databasePath, quarantine } from './storage-files';

/** Something found when opening that a person should know of; becomes an audit row `storage.recovered`. */
export interface RecoveryNote {
  readonly severity: Severity;
  readonly rule: string;
  readonly evidence: string;
  readonly details?: NonNullable<AuditEvent['details']>;
}

export interface OpenedDatabase {
  readonly db: Database;
  /** Undefined: started empty. */
  readonly source: 'database' | 'backup' | undefined;
  readonly notes: readonly RecoveryNote[];
}

/**
 * Opens the database, else its backup, else an empty one; damaged files are moved aside. A file counts as damaged when
 * its seal does not match (one flipped bit suffices) or SQLite cannot read it.
 */
export async function openDatabase(
  fs: FileSystem,
  folder: string,
  secret: Uint8Array,
  now: number,
): Promise<OpenedDatabase> {
  const engine = await loadSqlEngine();
  const notes: RecoveryNote[] = [];
  let isAnythingThere = false;
  for (const [source, path] of [
    ['database', databasePath(folder)],
    ['backup', backupPath(folder)],
  ] as const) {
    const name = basename(path);
    const tried = await tryOpen(fs, engine, path, secret);
    if (tried.kind === 'missing') continue;
    isAnythingThere = true;
    if (tried.kind === 'damaged') {
      const movedTo = await quarantine(fs, path, now);
      notes.push({
        severity: 'high',
        rule: 'storage.damaged',
        evidence: `${name}: ${tried.problem}`,
        details: { movedTo: movedTo === undefined ? null : basename(movedTo) },
      });
      continue;
    }
    if (tried.seal === 'foreign') {
      notes.push({ severity: 'high', rule: 'storage.seal', evidence: `${name} is sealed with another secret.` });
    }
    if (source === 'backup') {
      const evidence = 'The database was missing or damaged; its backup was used.';
      notes.push({ severity: 'medium', rule: 'storage.backup', evidence });
    }
    return { db: tried.db, source, notes };
  }
  if (isAnythingThere) {
    const evidence = 'Neither the database nor its backup could be used; an empty one was begun.';
    notes.push({ severity: 'critical', rule: 'storage.fresh', evidence });
  }
  return { db: new Database(engine), source: undefined, notes };
}

type Tried =
  | { readonly kind: 'missing' }
  | { readonly kind: 'damaged'; readonly problem: string }
  | { readonly kind: 'opened'; readonly db: Database; readonly seal: SealKind };

async function tryOpen(fs: FileSystem, engine: SqlEngine, path: string, secret: Uint8Array): Promise<Tried> {
  let db: Database | undefined;
  try {
    const file = await fs.readFile(path);
    if (file === undefined) return { kind: 'missing' };
    const opened = unseal(file, secret);
    if (opened === undefined) {
      return { kind: 'damaged', problem: 'The seal does not match: truncated, damaged or edited.' };
    }
    db = new Database(engine, opened.content);
    if (!db.isSound()) throw new Error('SQLite finds the file malformed.');
    db.number('SELECT count(*) FROM meta');
    return { kind: 'opened', db, seal: opened.seal };
  } catch (error) {
    db?.close();
    return { kind: 'damaged', problem: messageOf(error) };
  }
}

export interface ReplayResult {
  readonly entries: number;
  /** Highest number seen in the journal, 0 if there is none. */
  readonly last: number;
  readonly notes: readonly RecoveryNote[];
}

/**
 * Reads the journal file by file and hands over its entries in order. Damaged lines are left out and told. Without a
 * secret (it was lost) signatures are not looked at.
 */
export async function replayJournal(
  fs: FileSystem,
  folder: string,
  secret: Uint8Array | undefined,
  applied: number,
  apply: (entries: readonly JournalEntry[]) => void,
): Promise<ReplayResult> {
  const notes: RecoveryNote[] = [];
  let last = applied;
  let highest = 0;
  let count = 0;
  for (const { path } of await listJournalFiles(fs, folder)) {
    const name = basename(path);
    const data = await fs.readFile(path).catch((error: unknown) => {
      notes.push({
        severity: 'high',
        rule: 'storage.journal',
        evidence: `${name} cannot be read: ${messageOf(error)}`,
      });
      return undefined;
    });
    if (data === undefined) continue;
    const content = parseJournal(data, secret);
    const fresh = content.entries.filter(([number]) => number > last);
    const missing = missingNumbers(fresh, last);
    if (content.damagedLines > 0 || missing > 0) {
      notes.push({
        severity: 'high',
        rule: 'storage.journal',
        evidence: `${name} holds damaged lines; what could be read was kept.`,
        details: { damagedLines: content.damagedLines, missingEntries: missing },
      });
    }
    if (content.forgedBatches > 0) {
      notes.push({
        severity: 'critical',
        rule: 'storage.journal-edited',
        evidence: `${name} was edited: its signature does not match.`,
        details: { batches: content.forgedBatches },
      });
    }
    highest = Math.max(highest, content.entries.at(-1)?.[0] ?? 0);
    last = Math.max(last, fresh.at(-1)?.[0] ?? 0);
    count += fresh.length;
    if (fresh.length > 0) apply(fresh);
  }
  return { entries: count, last: highest, notes };
}

/** Numbers left out within what is new, and before it where the journal should continue the database. */
function missingNumbers(entries: readonly JournalEntry[], applied: number): number {
  let expected = applied === 0 ? entries[0]?.[0] : applied + 1;
  let missing = 0;
  for (const [number] of entries) {
    if (expected !== undefined && number > expected) missing += number - expected;
    expected = number + 1;
  }
  return missing;
}

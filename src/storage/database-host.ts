import type {
  AccessPage,
  AccessQuery,
  AuditPage,
  AuditQuery,
  ExportRequest,
  ExportResult,
  RetentionPolicy,
  Statistics,
  StatisticsQuery,
  VerifyResult,
} from '../core/audit-query';
import type { Engine } from '../core/engine';
import { FlmError } from '../core/errors';
import { readAnchorFile, writeAnchorFile } from './anchor-file';
import { writeFileAtomic } from './atomic-file';
import { AuditChain, isSamePoint } from './audit-chain';
import type { ChainPoint } from './audit-chain';
import type { Database } from './database';
import type { DatabaseHostApi, OpenReport, OpenRequest, SaveReport } from './database-host-api';
import { EntryApplier } from './entry-applier';
import { exportToFile } from './export-file';
import type { FileSystem } from './file-system';
import { readBatch } from './journal-format';
import { searchAccess, searchAudit } from './log-search';
import { migrate, migrations } from './migrations';
import type { Migration } from './migrations';
import { openDatabase, replayJournal } from './recovery';
import type { RecoveryNote } from './recovery';
import { applyRetention } from './retention';
import type { RetentionResult } from './retention';
import { sealOf } from './sealed-file';
import { computeStatistics } from './statistics';
import { backupPath, databasePath } from './storage-files';
import { emptyState, readState } from './stored-state';
import { verifyChain } from './verify';

interface Opened {
  readonly folder: string;
  readonly secret: Uint8Array;
  readonly db: Database;
  readonly chain: AuditChain;
  readonly applier: EntryApplier;
}

/** Entries applied at once while replaying. */
const replayChunk = 2_000;

/** Owns the database in memory and everything done to it. */
export class DatabaseHost implements DatabaseHostApi {
  readonly #fs: FileSystem;
  readonly #migrations: readonly Migration[];
  #opened: Opened | undefined;
  #isReadOnly = false;
  /** Saves, retention, checks and exports one after the other. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(fs: FileSystem, steps: readonly Migration[] = migrations) {
    this.#fs = fs;
    this.#migrations = steps;
  }

  async open({ folder, secret, isNewSecret, now }: OpenRequest): Promise<OpenReport> {
    const { db, source, notes: openNotes } = await openDatabase(this.#fs, folder, secret, now);
    const knownSchema = this.#migrations.at(-1)?.version ?? 0;
    const migration = migrate(db, this.#migrations);
    if (migration.kind === 'newer') return this.#openReadOnly(db, folder, secret, migration.version, knownSchema);

    const notes: RecoveryNote[] = [...openNotes];
    const mark = isNewSecret ? undefined : await readAnchorFile(this.#fs, folder, secret).catch(() => undefined);
    if (mark === 'forged') notes.push(anchorForged);
    const savedMark = typeof mark === 'object' ? mark : undefined;
    if (source === undefined && savedMark && savedMark.seq > 0) {
      // Empty after a loss: numbers go on behind those that were given before.
      new AuditChain(db, secret).markStart(savedMark, now);
      notes.push(rowsLost(`Audit rows up to ${savedMark.seq} are lost, except archived ones.`));
    }
    const chain = new AuditChain(db, secret);
    const applier = new EntryApplier(db, chain);
    const savedEntry = applier.applied;
    if (source !== undefined) notes.push(...checkOwnEnd(chain, isNewSecret));

    const replay = await replayJournal(this.#fs, folder, isNewSecret ? undefined : secret, savedEntry, (entries) => {
      for (let index = 0; index < entries.length; index += replayChunk) {
        applier.apply(entries.slice(index, index + replayChunk));
      }
    });
    notes.push(...replay.notes);
    if (source !== undefined && savedMark) notes.push(...checkMark(db, chain, savedMark, now));
    this.#opened = { folder, secret, db, chain, applier };
    return {
      state: readState(db),
      nextEntry: Math.max(applier.applied, replay.last, savedMark?.entry ?? 0) + 1,
      savedEntry,
      latestAt: db.number('SELECT at FROM audit ORDER BY seq DESC LIMIT 1'),
      isDirty: replay.entries > 0 || notes.length > 0 || migration.kind === 'migrated',
      knownSchema,
      notes,
    };
  }

  apply(batches: readonly Uint8Array[]): Promise<number> {
    const { applier } = this.#use();
    if (!this.#isReadOnly) {
      applier.apply(batches.flatMap(readBatch));
    }
    return Promise.resolve(applier.applied);
  }

  saveEngines(engines: readonly Engine[], at: number): Promise<void> {
    const { db } = this.#use();
    if (!this.#isReadOnly) {
      db.run('INSERT OR REPLACE INTO engine_cache (id, json, saved_at) VALUES (1, ?, ?)', [
        JSON.stringify(engines),
        at,
      ]);
    }
    return Promise.resolve();
  }

  save(now: number): Promise<SaveReport> {
    return this.#inTurn(async ({ folder, secret, db, chain, applier }) => {
      if (this.#isReadOnly) throw new FlmError('storage_failed', 'The database is open read-only.');
      db.transaction(() => chain.markEnd(now));
      const mark = { ...chain.last, entry: applier.applied };
      const content = db.export();
      await writeFileAtomic(this.#fs, databasePath(folder), [content, sealOf(content, secret)], {
        backup: backupPath(folder),
      });
      await writeAnchorFile(this.#fs, folder, secret, mark);
      return { entry: mark.entry, bytes: content.byteLength };
    });
  }

  retain(policy: RetentionPolicy, now: number): Promise<RetentionResult> {
    return this.#inTurn(({ folder, db, chain }) => applyRetention(db, chain, this.#fs, folder, policy, now));
  }

  verify(withArchives: boolean): Promise<VerifyResult> {
    return this.#inTurn(({ folder, db, chain }) => verifyChain(db, chain, this.#fs, folder, withArchives));
  }

  queryAudit(query: AuditQuery): Promise<AuditPage> {
    return Promise.resolve(searchAudit(this.#use().db, query));
  }

  queryAccess(query: AccessQuery): Promise<AccessPage> {
    return Promise.resolve(searchAccess(this.#use().db, query));
  }

  statistics(query: StatisticsQuery): Promise<Statistics> {
    return Promise.resolve(computeStatistics(this.#use().db, query));
  }

  export(request: ExportRequest): Promise<ExportResult> {
    return this.#inTurn(({ db }) => exportToFile(db, this.#fs, request));
  }

  async close(): Promise<void> {
    await this.#turn;
    this.#opened?.db.close();
    this.#opened = undefined;
  }

  /** A later FLM wrote this. What can be read by our names is read; nothing is changed. */
  #openReadOnly(
    db: Database,
    folder: string,
    secret: Uint8Array,
    newerSchema: number,
    knownSchema: number,
  ): OpenReport {
    this.#isReadOnly = true;
    const report = { savedEntry: 0, nextEntry: 1, latestAt: 0, isDirty: false, newerSchema, knownSchema, notes: [] };
    try {
      const chain = new AuditChain(db, secret);
      const applier = new EntryApplier(db, chain);
      this.#opened = { folder, secret, db, chain, applier };
      return { ...report, state: readState(db) };
    } catch {
      return { ...report, state: emptyState }; // Its tables are not ours: no keys, so nobody gets in by one.
    }
  }

  #inTurn<T>(work: (opened: Opened) => Promise<T>): Promise<T> {
    const result = this.#turn.then(() => work(this.#use()));
    this.#turn = result.catch(() => undefined);
    return result;
  }

  #use(): Opened {
    if (this.#opened === undefined) throw new FlmError('storage_failed', 'The database is not open.');
    return this.#opened;
  }
}

const anchorForged: RecoveryNote = {
  severity: 'high',
  rule: 'storage.anchor',
  evidence: 'The anchor file is damaged or was edited.',
};

function rowsLost(evidence: string): RecoveryNote {
  return { severity: 'critical', rule: 'storage.rows-lost', evidence };
}

function chainBroken(evidence: string): RecoveryNote {
  return { severity: 'critical', rule: 'storage.chain', evidence };
}

/** Does the log end where the database's own save left it? */
function checkOwnEnd(chain: AuditChain, isNewSecret: boolean): RecoveryNote[] {
  if (isNewSecret) {
    chain.resign();
    const evidence = 'The signing secret was missing; a new one vouches for the rows from now on.';
    return [{ severity: 'high', rule: 'storage.secret', evidence }];
  }
  return chain.checkEnd() === 'ok' ? [] : [chainBroken('The audit log does not end where the last save left it.')];
}

/** The anchor file tells of rows that database and journal together must still have. */
function checkMark(db: Database, chain: AuditChain, mark: ChainPoint, now: number): RecoveryNote[] {
  if (mark.seq > chain.last.seq) {
    const from = chain.last.seq + 1;
    chain.markGap(mark, now);
    return [rowsLost(`Audit rows ${from} to ${mark.seq} are lost: an older database is in place.`)];
  }
  const row = db.first('SELECT hash FROM audit WHERE seq = ?', [mark.seq]);
  if (row === undefined || isSamePoint(mark, { seq: mark.seq, hash: row[0] as Uint8Array })) return [];
  return [chainBroken(`Audit row ${mark.seq} is not the one that was saved.`)];
}

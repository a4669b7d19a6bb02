import type { AuditEvent, AuditLog } from '../core/audit';
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
import type { Clock } from '../core/clock';
import type { Event } from '../core/emitter';
import type { Engine } from '../core/engine';
import type { KeyUse } from '../core/key-use';
import { FlmError, messageOf } from '../core/errors';
import type { Logger } from '../core/logger';
import { reason } from '../core/reason';
import type { AccessRecord } from '../core/request';
import type { StorageState } from '../core/storage-state';
import { accessValues } from './access-codec';
import type { DatabaseHostApi, OpenReport } from './database-host-api';
import type { DatabaseLink } from './database-link';
import { Journal } from './journal';
import { journalDefaults } from './journal-options';
import type { Recorder } from './recorder';
import { sanitizeEvent } from './sanitize';
import type { StorageOptions } from './storage-options';
import { createParts } from './storage-parts';
import type { StorageParts } from './storage-parts';
import { StoredBlocks } from './stored-blocks';
import { StoredDocuments } from './stored-documents';
import { StoredKeys } from './stored-keys';
import { emptyState } from './stored-state';
import type { CachedEngines, KeyDay, StoredState } from './stored-state';

/**
 * Everything FLM remembers. The journal and the small things (keys, blocks, documents) live on the caller's thread, the
 * database in a worker; recording costs microseconds and never throws. What is acknowledged survives a kill of the
 * process: a promise of `keys`, `blocks` and `documents` once the disk has it, a recorded row once {@link flushed}
 * resolves (on its own within 50 ms).
 */
export class Storage implements AuditLog {
  readonly keys: StoredKeys;
  readonly blocks: StoredBlocks;
  readonly documents: StoredDocuments;
  readonly onDidChangeState: Event<StorageState>;

  readonly #options: StorageOptions;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #parts: StorageParts;
  readonly #recorder: Recorder;
  readonly #link: DatabaseLink;
  #journal: Journal | undefined;
  #stored: StoredState = emptyState;
  #isStopped = false;
  #isReadOnly = false;

  constructor(options: StorageOptions) {
    this.#options = options;
    this.#clock = options.clock;
    this.#logger = options.logger;
    this.#parts = createParts(options, { flushed: () => this.flushed(), onLockLost: () => this.#lostLock() });
    this.#recorder = this.#parts.recorder;
    this.#link = this.#parts.link;
    this.onDidChangeState = this.#parts.state.onDidChange;
    this.keys = new StoredKeys(this.#recorder, this.#clock);
    this.blocks = new StoredBlocks(this.#recorder);
    this.documents = new StoredDocuments(this.#recorder, this.#clock);
  }

  get state(): StorageState {
    return this.#parts.state.state;
  }

  /** Engines of the last {@link saveEngines}, also from an earlier run. */
  get engines(): CachedEngines | undefined {
    return this.#stored.engines;
  }

  /** Requests and tokens per key and UTC day as they were when storage started: what limits begin with. */
  get usage(): readonly KeyDay[] {
    return this.#stored.usage;
  }

  /** What each key had used in all when storage started. */
  get totals(): readonly KeyUse[] {
    return this.#stored.totals;
  }

  /**
   * Opens what is stored, repairing what can be. Rejects with `storage_failed` when another process has the folder, or
   * when the database cannot run at all (a file of the package is missing); a failing disk is told by the state.
   */
  async start(): Promise<void> {
    await this.#parts.folder.take(this.#options.lockWaitMs ?? 0, () => this.#lostLock());
    try {
      this.#opened(await this.#link.start());
    } catch (cause) {
      await this.#parts.folder.release();
      if (FlmError.is(cause)) throw cause;
      throw new FlmError('storage_failed', `The database could not be started: ${messageOf(cause)}`, { cause });
    }
  }

  /** Saves and closes. What a failing disk did not take is lost with the process, and the log says so. */
  async stop(): Promise<void> {
    if (this.#isStopped) return;
    this.#isStopped = true;
    this.#recorder.close();
    this.#parts.retention.stop();
    this.#parts.saver.stop();
    await this.#journal?.flushed();
    if (!this.#isReadOnly) await this.#parts.saver.finish();
    await this.#journal?.stop();
    await this.#link.close();
    await this.#parts.folder.release();
  }

  record(event: AuditEvent): void {
    this.#recorder.noticeClock();
    this.#recorder.append('a', sanitizeEvent(event));
  }

  recordAccess(record: AccessRecord): void {
    this.#recorder.append('q', accessValues(record));
  }

  /** Resolves when everything recorded so far is with the operating system, or the disk fails. Never rejects. */
  async flushed(): Promise<void> {
    await this.#journal?.flushed();
  }

  /** Saves the database now. Says whether it worked. */
  saveNow(): Promise<boolean> {
    return this.#isReadOnly ? Promise.resolve(false) : this.#parts.saver.now();
  }

  /** Remembers the engines for the next start. Not journaled: they are found again anyway. Never rejects. */
  async saveEngines(engines: readonly Engine[]): Promise<void> {
    const at = this.#clock.now();
    this.#stored = { ...this.#stored, engines: { engines, savedAt: at } };
    try {
      await this.#link.call((api) => api.saveEngines(engines, at));
      if (!this.#isReadOnly) this.#parts.saver.changed();
    } catch (error) {
      this.#logger.debug('The engines could not be cached.', { error });
    }
  }

  /** What is recorded is found by a query that follows. All queries reject with `storage_failed` without a database. */
  queryAudit(query: AuditQuery): Promise<AuditPage> {
    return this.#call((api) => api.queryAudit(query));
  }

  queryAccess(query: AccessQuery): Promise<AccessPage> {
    return this.#call((api) => api.queryAccess(query));
  }

  statistics(query: StatisticsQuery): Promise<Statistics> {
    return this.#call((api) => api.statistics(query));
  }

  verify(options: { readonly withArchives?: boolean } = {}): Promise<VerifyResult> {
    return this.#call((api) => api.verify(options.withArchives ?? true));
  }

  /** Rejects with `storage_failed` when the file cannot be written. */
  export(request: ExportRequest): Promise<ExportResult> {
    return this.#call((api) => api.export(request));
  }

  setRetention(policy: RetentionPolicy): void {
    this.#parts.retention.policy = policy;
  }

  /** Removes what is too old or too much, as happens once a minute by itself. Never rejects. */
  retain(): Promise<void> {
    return this.#parts.retention.now();
  }

  #opened(report: OpenReport): void {
    const { path: folder, secret } = this.#parts.folder;
    const { state } = report;
    this.keys.load(state.keys);
    this.blocks.load(state.blocks, state.allowed);
    this.documents.load(state.documents);
    this.#stored = state;
    this.#parts.folder.opened();
    if (report.newerSchema !== undefined) {
      this.#isReadOnly = true;
      this.#parts.state.setReadOnly(reason('storage.newerSchema', report.newerSchema, report.knownSchema));
      return;
    }
    if (this.#isReadOnly) return; // the lock was lost meanwhile
    const options = { ...journalDefaults, ...this.#options.journal, folder, secret };
    const journal = new Journal(this.#parts.fs, this.#clock, options, {
      onBatch: (batch) => {
        this.#link.post(batch);
        this.#parts.retention.added(batch.last - batch.first + 1);
        this.#parts.saver.changed();
      },
      onHealth: (error) => this.#recorder.journalHealth(error, folder),
      onVanished: () => {
        if (!this.#isStopped) void this.#parts.saver.now();
      },
    });
    this.#journal = journal;
    journal.start(report.nextEntry);
    this.#parts.saver.open(journal, report.savedEntry);
    this.#recorder.open(journal, report.latestAt);
    this.#recorder.noticeClock();
    for (const note of report.notes) {
      this.#logger.warn(`Storage: ${note.evidence}`, note.details);
      this.#recorder.tell('storage.recovered', note.severity, note.rule, note.evidence, note.details);
    }
    if (report.isDirty) this.#parts.saver.changed();
    this.#parts.retention.start(journal);
  }

  #call<T>(use: (api: DatabaseHostApi) => Promise<T>): Promise<T> {
    this.#journal?.handOver();
    return this.#link.call(use);
  }

  #lostLock(): void {
    if (this.#isReadOnly) return;
    this.#isReadOnly = true;
    this.#parts.state.setReadOnly(reason('storage.lockLost', this.#parts.folder.path));
    this.#logger.error('Another process took over the storage folder; nothing new is kept.');
    this.#recorder.close();
    this.#parts.retention.stop();
    this.#parts.saver.stop();
    void this.#journal?.stop().catch((error: unknown) => this.#logger.warn(messageOf(error)));
  }
}

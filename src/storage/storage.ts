import type { AuditEvent, AuditLog, Severity } from '../core/audit';
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
import { defaultRetention } from '../core/audit-query';
import type { Clock, Timer } from '../core/clock';
import type { Event } from '../core/emitter';
import type { Engine } from '../core/engine';
import type { KeyUse } from '../core/key-use';
import { FlmError, messageOf } from '../core/errors';
import type { Logger } from '../core/logger';
import { reason } from '../core/reason';
import type { AccessRecord } from '../core/request';
import type { StorageState } from '../core/storage-state';
import { DatabaseLink } from './database-link';
import type { DatabaseHostApi, OpenReport, RunningHost } from './database-host-api';
import { errorCodeOf } from './file-system';
import type { FileSystem } from './file-system';
import { FolderLock } from './folder-lock';
import { Journal, journalDefaults } from './journal';
import type { JournalTimings } from './journal';
import { startLocalHost } from './local-host';
import { nodeFileSystem } from './node-file-system';
import { nodeProcessProbe } from './process-probe';
import type { ProcessProbe } from './process-probe';
import type { RecordSink } from './record-sink';
import { sanitizeEvent, sanitizeRecord } from './sanitize';
import { SaveSchedule, saveDefaults } from './save-schedule';
import type { SaveTimings } from './save-schedule';
import { diskReason, StateKeeper } from './state-keeper';
import { loadSecret } from './storage-files';
import { StoredBlocks } from './stored-blocks';
import { StoredDocuments } from './stored-documents';
import { StoredKeys } from './stored-keys';
import type { CachedEngines, KeyDay } from './stored-state';
import { startWorkerHost } from './worker-host';

export interface StorageOptions {
  /** Folder that belongs to storage alone: the extension's global storage, or the data directory. */
  readonly folder: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly retention?: RetentionPolicy;
  /** How long to wait for another process to let go of the folder; 0 by default: refused at once. */
  readonly lockWaitMs?: number;
  readonly save?: SaveTimings;
  readonly journal?: Partial<JournalTimings>;
  readonly fs?: FileSystem;
  readonly probe?: ProcessProbe;
  /** Where the database runs: a worker by default. */
  readonly startHost?: () => RunningHost;
}

const retentionEveryMs = 60_000;
/** A journal of this size is saved into the database without waiting for the schedule. */
const maxJournalBytes = 32 * 1024 * 1024;
/** Entries waiting for the database beyond which records are left out: it would take seconds to catch up. */
const maxBacklogBytes = 64 * 1024 * 1024;
/** A step back of the wall clock that is worth a row. */
const clockStepMs = 60_000;
const longestSkipLogMs = 60_000;

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
  readonly #fs: FileSystem;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #state: StateKeeper;
  readonly #lock: FolderLock;
  readonly #link: DatabaseLink;
  readonly #saves: SaveSchedule;
  #journal: Journal | undefined;
  #secret: Uint8Array = new Uint8Array();
  #isNewSecret = false;
  #isStopped = false;
  #isReadOnly = false;
  /** Entry up to which the file holds everything that will be the backup after the next save. */
  #savedEntry = 0;
  #engines: CachedEngines | undefined;
  #usage: readonly KeyDay[] = [];
  #totals: readonly KeyUse[] = [];
  #retention: RetentionPolicy;
  #retentionTimer: Timer | undefined;
  #left = 0;
  #leftToldAt = Number.NEGATIVE_INFINITY;
  #latestAt = 0;

  constructor(options: StorageOptions) {
    this.#options = options;
    this.#fs = options.fs ?? nodeFileSystem;
    this.#clock = options.clock;
    this.#logger = options.logger;
    this.#retention = options.retention ?? defaultRetention;
    this.#state = new StateKeeper((error) => this.#logger.error('A listener of the storage state failed.', { error }));
    this.onDidChangeState = this.#state.onDidChange;
    this.#lock = new FolderLock(this.#fs, this.#clock, options.probe ?? nodeProcessProbe, options.folder);
    const sink: RecordSink = {
      append: (tag, value) => this.#append(tag, value),
      durable: () => this.#durable(),
    };
    this.keys = new StoredKeys(sink, this.#clock);
    this.blocks = new StoredBlocks(sink);
    this.documents = new StoredDocuments(sink, this.#clock);
    this.#saves = new SaveSchedule(this.#clock, options.save ?? saveDefaults, () => this.#save());
    this.#link = new DatabaseLink({
      clock: this.#clock,
      logger: this.#logger,
      startHost: options.startHost ?? startWorkerHost,
      startFallback: () => startLocalHost(this.#fs),
      openRequest: () => ({
        folder: options.folder,
        secret: this.#secret,
        isNewSecret: this.#isNewSecret,
        now: this.#clock.now(),
      }),
      beforeReopen: () => this.flushed(),
      onAvailability: (problem) =>
        this.#state.set('database', problem === undefined ? undefined : reason('storage.databaseGone', problem)),
    });
  }

  get state(): StorageState {
    return this.#state.state;
  }

  /** Engines of the last {@link saveEngines}, also from an earlier run. */
  get engines(): CachedEngines | undefined {
    return this.#engines;
  }

  /** Requests and tokens per key and UTC day as they were when storage started: what limits begin with. */
  get usage(): readonly KeyDay[] {
    return this.#usage;
  }

  /** What each key had used in all when storage started. */
  get totals(): readonly KeyUse[] {
    return this.#totals;
  }

  /**
   * Opens what is stored, repairing what can be. Rejects with `storage_failed` when another process has the folder, or
   * when the database cannot run at all (a file of the package is missing); a failing disk is told by the state.
   */
  async start(): Promise<void> {
    const { folder } = this.#options;
    try {
      await this.#fs.makeFolder(folder);
    } catch (error) {
      this.#state.set('folder', diskReason(errorCodeOf(error), folder));
    }
    const locked = await this.#lock.acquire(this.#options.lockWaitMs ?? 0, () => this.#lostLock());
    if (locked.kind === 'held') {
      const who = locked.pid === undefined ? 'Another process' : `Process ${locked.pid}`;
      throw new FlmError('storage_failed', `${who} is using the storage folder ${folder}. Only one can.`);
    }
    if (locked.kind === 'impossible') this.#state.set('folder', diskReason(errorCodeOf(locked.error), folder));
    try {
      await this.#loadSecret();
      this.#opened(await this.#link.start());
    } catch (cause) {
      await this.#lock.release();
      if (FlmError.is(cause)) throw cause;
      throw new FlmError('storage_failed', `The database could not be started: ${messageOf(cause)}`, { cause });
    }
  }

  /** Saves and closes. What a failing disk did not take is lost with the process, and the log says so. */
  async stop(): Promise<void> {
    if (this.#isStopped) return;
    this.#isStopped = true;
    this.#retentionTimer?.cancel();
    this.#saves.stop();
    await this.#journal?.flushed();
    if (this.#saves.isDirty && !this.#isReadOnly) await this.#saves.now();
    this.#saves.stop();
    await this.#journal?.stop();
    await this.#link.close();
    await this.#lock.release();
  }

  record(event: AuditEvent): void {
    this.#noticeClock();
    this.#append('a', sanitizeEvent(event));
  }

  recordAccess(record: AccessRecord): void {
    this.#append('r', sanitizeRecord(record));
  }

  /** Resolves when everything recorded so far is with the operating system, or the disk fails. Never rejects. */
  async flushed(): Promise<void> {
    await this.#journal?.flushed();
  }

  /** Saves the database now. Says whether it worked. */
  saveNow(): Promise<boolean> {
    return this.#isReadOnly ? Promise.resolve(false) : this.#saves.now();
  }

  /** Remembers the engines for the next start. Not journaled: they are found again anyway. Never rejects. */
  async saveEngines(engines: readonly Engine[]): Promise<void> {
    const at = this.#clock.now();
    this.#engines = { engines, savedAt: at };
    try {
      await this.#link.call((api) => api.saveEngines(engines, at));
      if (!this.#isReadOnly) this.#saves.changed();
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
    this.#retention = policy;
  }

  /** Removes what is too old or too much, as happens once a minute by itself. Never rejects. */
  async retain(): Promise<void> {
    if (this.#isReadOnly || this.#isStopped) return;
    try {
      this.#journal?.handOver();
      const result = await this.#link.call((api) => api.retain(this.#retention, this.#clock.now()));
      if (result.archivedRows + result.removedAccess === 0) return;
      this.#tell('storage.retention', 'info', 'storage.retention', undefined, { ...result });
      this.#saves.changed();
    } catch (error) {
      this.#logger.warn('Old records could not be archived.', { error });
    }
  }

  async #loadSecret(): Promise<void> {
    try {
      const { secret, isNew } = await loadSecret(this.#fs, this.#options.folder);
      this.#secret = secret;
      this.#isNewSecret = isNew;
    } catch (error) {
      // Nothing can be written here, so nothing will be signed with it that outlives this process.
      this.#secret = crypto.getRandomValues(new Uint8Array(32));
      this.#isNewSecret = true;
      this.#state.set('folder', diskReason(errorCodeOf(error), this.#options.folder));
    }
  }

  #opened(report: OpenReport): void {
    const { folder } = this.#options;
    const { state } = report;
    this.keys.load(state.keys);
    this.blocks.load(state.blocks, state.allowed);
    this.documents.load(state.documents);
    this.#engines = state.engines;
    this.#usage = state.usage;
    this.#totals = state.totals;
    this.#savedEntry = report.savedEntry;
    this.#isNewSecret = false;
    if (report.newerSchema !== undefined) {
      this.#isReadOnly = true;
      this.#state.setReadOnly(reason('storage.newerSchema', report.newerSchema, report.knownSchema));
      return;
    }
    this.#journal = new Journal(
      this.#fs,
      this.#clock,
      { ...journalDefaults, ...this.#options.journal, folder, secret: this.#secret },
      {
        onBatch: (batch) => {
          this.#link.post(batch);
          this.#saves.changed();
          if ((this.#journal?.fileBytes ?? 0) > maxJournalBytes) void this.#saves.now();
        },
        onHealth: (error) => this.#journalHealth(error),
        onVanished: () => this.#saves.changed(),
      },
    );
    this.#journal.start(report.nextEntry);
    this.#latestAt = report.latestAt;
    this.#noticeClock();
    for (const note of report.notes) {
      this.#logger.warn(`Storage: ${note.evidence}`, note.details);
      this.#tell('storage.recovered', note.severity, note.rule, note.evidence, note.details);
    }
    if (report.isDirty) this.#saves.changed();
    this.#scheduleRetention();
  }

  #append(tag: Parameters<RecordSink['append']>[0], value: unknown): void {
    if (this.#journal === undefined || this.#isReadOnly || this.#isStopped) {
      this.#leaveOut();
      return;
    }
    if ((tag === 'a' || tag === 'r') && this.#link.backlogBytes > maxBacklogBytes) {
      this.#state.set('overload', reason('storage.overloaded'));
      this.#leaveOut();
      return;
    }
    this.#state.set('overload', undefined);
    this.#journal.append(tag, JSON.stringify(value));
  }

  async #durable(): Promise<void> {
    if (this.#journal === undefined || this.#isReadOnly || this.#isStopped) {
      throw new FlmError('storage_failed', 'Storage is read-only or closed: the change holds until FLM ends.');
    }
    try {
      await this.#journal.durable();
    } catch (cause) {
      const message = `The change could not be written to the disk (${errorCodeOf(cause)}).`;
      throw new FlmError('storage_failed', message, { cause });
    }
  }

  #call<T>(use: (api: DatabaseHostApi) => Promise<T>): Promise<T> {
    this.#journal?.handOver();
    return this.#link.call(use);
  }

  async #save(): Promise<boolean> {
    const { folder } = this.#options;
    try {
      if (!(await this.#lock.isStillOurs())) {
        this.#lostLock();
        return true;
      }
      this.#journal?.handOver();
      this.#journal?.rotate();
      const report = await this.#link.call((api) => api.save(this.#clock.now()));
      const backedUp = this.#savedEntry;
      this.#savedEntry = report.entry;
      await this.#journal?.prune(report.entry, backedUp);
      this.#state.set('folder', undefined);
      if (this.#state.set('save', undefined)) this.#logger.info('Saving works again.');
      return true;
    } catch (error) {
      const code = errorCodeOf(error instanceof FlmError && error.cause !== undefined ? error.cause : error);
      this.#logger.error('Saving the database failed.', { error });
      if (this.#state.set('save', diskReason(code, folder))) {
        this.#tell('storage.failed', 'high', 'storage.save', `Saving failed: ${code}`);
      }
      return false;
    }
  }

  #journalHealth(error: string | undefined): void {
    if (error !== undefined) {
      this.#logger.error('Writing the journal failed.', { error });
      if (this.#state.set('journal', diskReason(error, this.#options.folder))) {
        this.#tell('storage.failed', 'high', 'storage.journal', `Writing the journal failed: ${error}`);
      }
    } else if (this.#state.set('journal', undefined)) {
      this.#logger.info('The journal can be written again.');
      this.#tell('storage.recovered', 'info', 'storage.journal', 'The journal can be written again.', {
        givenUp: this.#journal?.dropped ?? 0,
      });
    }
  }

  #lostLock(): void {
    if (this.#isReadOnly) return;
    this.#isReadOnly = true;
    this.#state.setReadOnly(reason('storage.lockLost', this.#options.folder));
    this.#logger.error('Another process took over the storage folder; nothing new is kept.');
    this.#saves.stop();
    void this.#journal?.stop().catch((error: unknown) => this.#logger.warn(messageOf(error)));
  }

  /** A wall clock set back makes times in the log run backwards: said once per step. Order is by number anyway. */
  #noticeClock(): void {
    const at = this.#clock.now();
    if (at < this.#latestAt - clockStepMs) {
      const back = Math.round((this.#latestAt - at) / 1000);
      this.#latestAt = at;
      this.#tell('storage.recovered', 'low', 'storage.clock', `The clock went back by ${back} s.`);
    }
    this.#latestAt = Math.max(this.#latestAt, at);
  }

  #tell(
    kind: AuditEvent['kind'],
    severity: Severity,
    rule: string,
    evidence?: string,
    details?: AuditEvent['details'],
  ): void {
    const event: AuditEvent = {
      kind,
      severity,
      at: this.#clock.now(),
      rule,
      ...(evidence === undefined ? {} : { evidence }),
      ...(details === undefined ? {} : { details }),
    };
    this.#append('a', sanitizeEvent(event));
  }

  #leaveOut(): void {
    this.#left++;
    const now = this.#clock.monotonic();
    if (now - this.#leftToldAt < longestSkipLogMs) return;
    this.#leftToldAt = now;
    this.#logger.warn('Records are not kept.', { leftOut: this.#left });
  }

  #scheduleRetention(): void {
    this.#retentionTimer = this.#clock.setTimeout(() => {
      void this.retain().finally(() => {
        if (!this.#isStopped) this.#scheduleRetention();
      });
    }, retentionEveryMs);
  }
}

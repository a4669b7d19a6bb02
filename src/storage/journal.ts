import type { Clock, Timer } from '../core/clock';
import { errorCodeOf } from './file-system';
import type { FileSystem, OpenFile } from './file-system';
import type { EntryTag } from './journal-entry';
import { journalPath, listJournalFiles } from './journal-files';
import { encodeBatchEnd, encodeEntry } from './journal-format';

/**
 * A run of entries on its way into the database and to the disk. Bytes rather than a string: they lie outside the heap,
 * so that batches in waiting cost the garbage collector nothing.
 */
export interface JournalBatch {
  readonly first: number;
  readonly last: number;
  /** Lines of the journal, without the end of the batch. */
  readonly data: Uint8Array;
}

export interface JournalEvents {
  /** Called once per batch, in order, before the batch is on disk. */
  onBatch(batch: JournalBatch): void;
  /** Writing began to fail, or works again. */
  onHealth(error: string | undefined): void;
  /** What was on disk is gone (somebody deleted a file): the database should be saved now. */
  onVanished(): void;
}

export interface JournalTimings {
  /** Longest wait before a queued entry is written. */
  readonly batchMs: number;
  /** Most entries of a batch: what bounds the time one batch takes on the event loop. */
  readonly batchEntries: number;
  /** Longest time between writing and flushing to the disk. */
  readonly syncMs: number;
  /** Most entries waiting while the disk fails; beyond it the oldest are given up and counted. */
  readonly maxWaiting: number;
}

export interface JournalOptions extends JournalTimings {
  readonly folder: string;
  readonly secret: Uint8Array;
}

export const journalDefaults: JournalTimings = { batchMs: 50, batchEntries: 250, syncMs: 1_000, maxWaiting: 100_000 };

interface Waiter {
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

interface PendingBatch extends JournalBatch {
  readonly count: number;
  /** Resolved once the batch is flushed to the disk. */
  readonly durable: readonly Waiter[];
}

const retryFirstMs = 500;
const retryMaxMs = 30_000;

/**
 * The append-only journal: entries are queued, written in batches, flushed to the disk within `syncMs`, and pruned when
 * a saved database holds them. `append` costs about a microsecond per 300 characters and never throws. When the disk
 * fails, entries wait (bounded) and writing is tried again with growing delays, in a new file, because the old one may
 * end in a torn line.
 */
export class Journal {
  readonly #fs: FileSystem;
  readonly #clock: Clock;
  readonly #options: JournalOptions;
  readonly #events: JournalEvents;

  #next = 1;
  #lines: string[] = [];
  #linesFirst = 1;
  #durable: Waiter[] = [];
  #unwritten: PendingBatch[] = [];
  #unsynced: PendingBatch[] = [];
  #waitingEntries = 0;
  #dropped = 0;

  #file: OpenFile | undefined;
  #filePath = '';
  #fileIdentity = '';
  #fileBytes = 0;
  #turn = 0;
  #wantsNewFile = false;
  #writing: Promise<void> | undefined;
  #health: string | undefined;
  #batchTimer: Timer | undefined;
  #syncTimer: Timer | undefined;
  #retryTimer: Timer | undefined;
  #retryMs = retryFirstMs;
  #isStopped = true;

  constructor(fs: FileSystem, clock: Clock, options: JournalOptions, events: JournalEvents) {
    this.#fs = fs;
    this.#clock = clock;
    this.#options = options;
    this.#events = events;
  }

  /** Number of the last entry taken. */
  get last(): number {
    return this.#next - 1;
  }

  /** Size of the file being written. */
  get fileBytes(): number {
    return this.#fileBytes;
  }

  /** Entries given up so far because the disk failed for too long. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Begins a new file for entries from `next` on. */
  start(next: number): void {
    this.#next = next;
    this.#linesFirst = next;
    this.#isStopped = false;
  }

  /** Queues an entry. It is with the operating system within `batchMs`. */
  append(tag: EntryTag, json: string): void {
    if (this.#isStopped) return;
    this.#lines.push(encodeEntry(this.#next++, tag, json));
    if (this.#lines.length >= this.#options.batchEntries) this.#cut();
    else this.#batchTimer ??= this.#clock.setTimeout(() => this.#cut(), this.#options.batchMs);
  }

  /**
   * Resolves when everything appended so far is on the disk. Rejects when it cannot be written now; it is then kept and
   * tried again like everything else.
   */
  durable(): Promise<void> {
    if (this.#isStopped) return Promise.reject(new Error('The journal is closed.'));
    return new Promise<void>((resolve, reject) => {
      this.#durable.push({ resolve, reject });
      this.#retryTimer?.cancel(); // Somebody waits for the answer: try now, whatever the delay says.
      this.#retryTimer = undefined;
      this.#cut();
    });
  }

  /** Hands queued entries to the database now, so that a query sees them. */
  handOver(): void {
    if (this.#lines.length > 0) this.#cut();
  }

  /** Resolves when everything appended so far is with the operating system, or cannot be now. Never rejects. */
  async flushed(): Promise<void> {
    this.#cut();
    await this.#writing;
  }

  /** The next batch begins a new file, so that the current one can be pruned once a saved database holds it. */
  rotate(): void {
    this.#wantsNewFile = true;
  }

  /** A saved database holds entries up to `saved`, and its backup those up to `backedUp`: what neither needs goes. */
  async prune(saved: number, backedUp: number): Promise<void> {
    // Batches a failing disk did not take need no journal once the database has them.
    while (this.#unwritten[0] !== undefined && this.#unwritten[0].last <= saved && this.#writing === undefined) {
      const batch = this.#unwritten.shift();
      this.#waitingEntries -= batch?.count ?? 0;
      for (const waiter of batch?.durable ?? []) waiter.resolve();
    }
    if (this.#unwritten.length === 0) this.#setHealth(undefined);
    const files = await listJournalFiles(this.#fs, this.#options.folder);
    for (const [index, file] of files.entries()) {
      const following = files[index + 1];
      if (following === undefined || following.first - 1 > backedUp || file.path === this.#filePath) break;
      await this.#fs.remove(file.path);
    }
  }

  async stop(): Promise<void> {
    await this.flushed();
    await this.#sync();
    this.#isStopped = true;
    this.#batchTimer?.cancel();
    this.#syncTimer?.cancel();
    this.#retryTimer?.cancel();
    await this.#closeFile();
  }

  /** Turns the queue into a batch, gives it to the database and starts writing. */
  #cut(): void {
    this.#batchTimer?.cancel();
    this.#batchTimer = undefined;
    if (this.#lines.length > 0 || this.#durable.length > 0) {
      const batch: PendingBatch = {
        first: this.#linesFirst,
        last: this.last,
        data: Buffer.from(this.#lines.join('')),
        count: this.#lines.length,
        durable: this.#durable,
      };
      this.#lines = [];
      this.#durable = [];
      this.#linesFirst = this.#next;
      this.#unwritten.push(batch);
      this.#waitingEntries += batch.count;
      this.#giveUpExcess();
      if (batch.count > 0) this.#events.onBatch(batch);
    }
    this.#write();
  }

  #giveUpExcess(): void {
    while (
      this.#waitingEntries > this.#options.maxWaiting &&
      this.#unwritten.length > 1 &&
      this.#health !== undefined
    ) {
      const batch = this.#unwritten.shift();
      this.#waitingEntries -= batch?.count ?? 0;
      this.#dropped += batch?.count ?? 0;
      for (const waiter of batch?.durable ?? []) waiter.reject(new Error('Given up: the disk failed for too long.'));
    }
  }

  #write(): void {
    const isWaiting = this.#retryTimer !== undefined;
    if (this.#writing !== undefined || this.#unwritten.length === 0 || isWaiting) return;
    this.#writing = this.#writeAll()
      .catch((error: unknown) => this.#failed(error))
      .finally(() => {
        this.#writing = undefined;
        // A batch that came while the last one failed waits for the retry.
        if (this.#unwritten.length > 0 && this.#retryTimer === undefined) this.#write();
      });
  }

  async #writeAll(): Promise<void> {
    for (let batch = this.#unwritten[0]; batch !== undefined; batch = this.#unwritten[0]) {
      if (batch.count > 0) {
        if (this.#wantsNewFile) await this.#endFile();
        this.#file ??= await this.#openFile(batch.first);
        const end = encodeBatchEnd(batch.last, batch.data, this.#options.secret);
        const data = Buffer.concat([batch.data, Buffer.from(end)]);
        await this.#file.write(data);
        this.#fileBytes += data.byteLength;
      }
      this.#unwritten.shift();
      this.#waitingEntries -= batch.count;
      this.#unsynced.push(batch);
      if (batch.durable.length > 0) await this.#syncFile();
    }
    if (this.#unsynced.length > 0) {
      this.#syncTimer ??= this.#clock.setTimeout(() => void this.#sync(), this.#options.syncMs);
    }
    this.#setHealth(undefined);
    this.#retryMs = retryFirstMs;
  }

  async #endFile(): Promise<void> {
    this.#wantsNewFile = false;
    await this.#syncFile();
    await this.#closeFile();
  }

  async #openFile(first: number): Promise<OpenFile> {
    // An existing name means a file that began with the same entry and then failed: it may end in a torn line.
    for (;;) {
      const path = journalPath(this.#options.folder, first, this.#turn++);
      try {
        const file = await this.#fs.open(path, 'exclusive');
        this.#filePath = path;
        this.#fileBytes = 0;
        this.#fileIdentity = (await this.#fs.stat(path))?.identity ?? '';
        await this.#fs.syncFolder(this.#options.folder).catch(() => undefined);
        return file;
      } catch (error) {
        if (errorCodeOf(error) === 'ENOENT') await this.#fs.makeFolder(this.#options.folder);
        else if (errorCodeOf(error) !== 'EEXIST') throw error;
      }
    }
  }

  /** Flushes outside of writing: at most `syncMs` after a write, and at the end. */
  async #sync(): Promise<void> {
    await this.#writing;
    if (this.#unsynced.length === 0) return;
    this.#writing = this.#syncFile()
      .catch((error: unknown) => this.#failed(error))
      .finally(() => {
        this.#writing = undefined;
      });
    await this.#writing;
    this.#write();
  }

  async #syncFile(): Promise<void> {
    this.#syncTimer?.cancel();
    this.#syncTimer = undefined;
    await this.#file?.sync();
    const identity = (await this.#fs.stat(this.#filePath))?.identity;
    if (this.#file !== undefined && identity !== this.#fileIdentity) {
      // The name is gone or means another file: what was written reaches nobody.
      this.#events.onVanished();
      throw new Error('The journal file vanished.');
    }
    const synced = this.#unsynced;
    this.#unsynced = [];
    for (const batch of synced) for (const waiter of batch.durable) waiter.resolve();
  }

  /**
   * What was not known to be on the disk is written again, to a new file. After a failed flush nobody knows what the
   * disk has (https://www.usenix.org/conference/atc20/presentation/rebello); numbers make writing twice harmless.
   */
  async #failed(error: unknown): Promise<void> {
    const code = errorCodeOf(error);
    const again = [...this.#unsynced, ...this.#unwritten];
    for (const batch of again) for (const waiter of batch.durable) waiter.reject(error);
    this.#unsynced = [];
    this.#unwritten = again.map((batch) => ({ ...batch, durable: [] })).filter((batch) => batch.count > 0);
    this.#waitingEntries = this.#unwritten.reduce((sum, batch) => sum + batch.count, 0);
    await this.#closeFile();
    this.#setHealth(code);
    this.#giveUpExcess();
    if (this.#isStopped) return;
    this.#retryTimer = this.#clock.setTimeout(() => {
      this.#retryTimer = undefined;
      this.#write();
    }, this.#retryMs);
    this.#retryMs = Math.min(this.#retryMs * 2, retryMaxMs);
  }

  async #closeFile(): Promise<void> {
    const file = this.#file;
    if (file === undefined) return;
    this.#file = undefined;
    this.#filePath = '';
    this.#fileBytes = 0;
    await file.close().catch(() => undefined);
  }

  #setHealth(error: string | undefined): void {
    if (error === this.#health) return;
    this.#health = error;
    this.#events.onHealth(error);
  }
}

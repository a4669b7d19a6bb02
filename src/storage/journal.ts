import type { Clock, Timer } from '../core/clock';
import { errorCodeOf } from './file-system';
import type { FileSystem } from './file-system';
import type { PendingBatch, Waiter } from './journal-batch';
import type { EntryTag } from './journal-entry';
import { JournalFile } from './journal-file';
import { listJournalFiles } from './journal-files';
import { encodeBatch, encodeEntry } from './journal-format';
import type { JournalEvents, JournalOptions } from './journal-options';
import { UnwrittenBatches } from './unwritten-batches';

const nothing = new Uint8Array();
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
  readonly #file: JournalFile;

  #next = 1;
  #lines: string[] = [];
  #linesFirst = 1;
  #durable: Waiter[] = [];
  readonly #unwritten = new UnwrittenBatches();
  #unsynced: PendingBatch[] = [];

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
    this.#file = new JournalFile(fs, options.folder);
  }

  /** Number of the last entry taken. */
  get last(): number {
    return this.#next - 1;
  }

  /** Size of the file being written. */
  get fileBytes(): number {
    return this.#file.bytes;
  }

  /** Entries given up so far because the disk failed for too long. */
  get dropped(): number {
    return this.#unwritten.dropped;
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
    this.#file.rotate();
  }

  /** A saved database holds entries up to `saved`, and its backup those up to `backedUp`: what neither needs goes. */
  async prune(saved: number, backedUp: number): Promise<void> {
    // Batches a failing disk did not take need no journal once the database has them.
    while (this.#unwritten.first !== undefined && this.#unwritten.first.last <= saved && this.#writing === undefined) {
      for (const waiter of this.#unwritten.shift()?.durable ?? []) waiter.resolve();
    }
    if (this.#unwritten.isEmpty) this.#setHealth(undefined);
    const files = await listJournalFiles(this.#fs, this.#options.folder);
    for (const [index, file] of files.entries()) {
      const following = files[index + 1];
      if (following === undefined || following.first - 1 > backedUp || file.path === this.#file.path) break;
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
    await this.#file.close();
  }

  /** Turns the queue into a batch, gives it to the database and starts writing. */
  #cut(): void {
    this.#batchTimer?.cancel();
    this.#batchTimer = undefined;
    if (this.#lines.length > 0 || this.#durable.length > 0) {
      const batch: PendingBatch = {
        first: this.#linesFirst,
        last: this.last,
        data: this.#lines.length > 0 ? encodeBatch(this.#lines, this.last, this.#options.secret) : nothing,
        count: this.#lines.length,
        durable: this.#durable,
      };
      this.#lines = [];
      this.#durable = [];
      this.#linesFirst = this.#next;
      this.#unwritten.add(batch);
      if (this.#health !== undefined) this.#unwritten.giveUpBeyond(this.#options.maxWaiting);
      if (batch.count > 0) this.#events.onBatch(batch);
    }
    this.#write();
  }

  #write(): void {
    const isWaiting = this.#retryTimer !== undefined;
    if (this.#writing !== undefined || this.#unwritten.isEmpty || isWaiting) return;
    this.#writing = this.#writeAll()
      .catch((error: unknown) => this.#failed(error))
      .finally(() => {
        this.#writing = undefined;
        // A batch that came while the last one failed waits for the retry.
        if (!this.#unwritten.isEmpty && this.#retryTimer === undefined) this.#write();
      });
  }

  async #writeAll(): Promise<void> {
    for (let batch = this.#unwritten.first; batch !== undefined; batch = this.#unwritten.first) {
      if (batch.count > 0) {
        if (this.#file.isToEnd) {
          await this.#syncFile();
          await this.#file.close();
        }
        await this.#file.write(batch.first, batch.data);
      }
      if (this.#unwritten.first === batch) this.#unwritten.shift(); // else it was given up meanwhile
      this.#unsynced.push(batch);
      if (batch.durable.length > 0) await this.#syncFile();
    }
    if (this.#unsynced.length > 0) {
      this.#syncTimer ??= this.#clock.setTimeout(() => void this.#sync(), this.#options.syncMs);
    }
    this.#setHealth(undefined);
    this.#retryMs = retryFirstMs;
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
    if ((await this.#file.sync()) === 'vanished') {
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
    for (const waiter of this.#unwritten.beginAgainWith(this.#unsynced)) waiter.reject(error);
    this.#unsynced = [];
    await this.#file.close();
    this.#setHealth(code);
    this.#unwritten.giveUpBeyond(this.#options.maxWaiting);
    if (this.#isStopped) return;
    this.#retryTimer = this.#clock.setTimeout(() => {
      this.#retryTimer = undefined;
      this.#write();
    }, this.#retryMs);
    this.#retryMs = Math.min(this.#retryMs * 2, retryMaxMs);
  }

  #setHealth(error: string | undefined): void {
    if (error === this.#health) return;
    this.#health = error;
    this.#events.onHealth(error);
  }
}

import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Clock, Timer } from '../core/clock';
import { errorCodeOf } from './file-system';
import type { FileSystem } from './file-system';
import type { ProcessProbe } from './process-probe';

interface LockRecord {
  readonly token: string;
  readonly pid: number;
  readonly host: string;
  readonly start?: string;
}

/** `held`: by that process. `impossible`: the folder takes no files, so nobody can hold it. */
export type LockResult =
  | { readonly kind: 'acquired' }
  | { readonly kind: 'held'; readonly pid: number | undefined }
  | { readonly kind: 'impossible'; readonly error: unknown };

const beatMs = 2_000;
const staleMs = 10_000;
const retryMs = 250;

/**
 * One process per folder. The lock is a file that names its holder; it needs no clean end, because a holder that is
 * gone is recognised: on Linux by process number and start time, elsewhere, and for a crashed worker of our own
 * process, by a heartbeat older than 10 s. A holder that was suspended that long finds out at its next beat.
 */
export class FolderLock {
  readonly #fs: FileSystem;
  readonly #clock: Clock;
  readonly #probe: ProcessProbe;
  readonly #path: string;
  readonly #token = randomBytes(12).toString('hex');
  #timer: Timer | undefined;
  #isHeld = false;
  /** The folder took no lock file; it is tried again before anything is written. */
  #isOwed = false;
  #onLost: () => void = () => undefined;

  constructor(fs: FileSystem, clock: Clock, probe: ProcessProbe, folder: string) {
    this.#fs = fs;
    this.#clock = clock;
    this.#probe = probe;
    this.#path = join(folder, 'storage.lock');
  }

  /** Takes the lock, waiting up to `waitMs` for a holder to go. `onLost` is called once if someone takes it from us. */
  async acquire(waitMs: number, onLost: () => void): Promise<LockResult> {
    this.#onLost = onLost;
    const until = this.#clock.monotonic() + waitMs;
    for (;;) {
      const result = await this.#take();
      if (result.kind !== 'held' || this.#clock.monotonic() >= until) return result;
      await new Promise<void>((resolve) => this.#clock.setTimeout(resolve, retryMs));
    }
  }

  /**
   * The lock file still says so. Asked before anything is overwritten. A folder that took no file is nobody else's: the
   * lock is taken now, or the write that follows will say what is wrong.
   */
  async isStillOurs(): Promise<boolean> {
    if (this.#isOwed) return (await this.#take()).kind !== 'held';
    try {
      const record = await this.#read();
      // Deleted by hand is not the same as taken: put it back and go on.
      if (record === undefined && this.#isHeld) return await this.#create();
      return record?.token === this.#token;
    } catch {
      return true; // Cannot be read now: a failing disk, which the write that follows will report.
    }
  }

  async release(): Promise<void> {
    this.#timer?.cancel();
    this.#isOwed = false;
    if (!this.#isHeld) return;
    this.#isHeld = false;
    if ((await this.#read().catch(() => undefined))?.token === this.#token) {
      await this.#fs.remove(this.#path).catch(() => undefined);
    }
  }

  async #take(): Promise<LockResult> {
    const result = await this.#tryAcquire();
    this.#isOwed = result.kind === 'impossible';
    if (result.kind === 'acquired') {
      this.#isHeld = true;
      this.#scheduleBeat();
    }
    return result;
  }

  async #tryAcquire(): Promise<LockResult> {
    try {
      for (let attempt = 0; attempt < 5; attempt++) {
        if (await this.#create()) return { kind: 'acquired' };
        const record = await this.#read();
        if (await this.#isHolderThere(record)) return { kind: 'held', pid: record?.pid };
        await this.#clearAway(record);
      }
      return { kind: 'held', pid: undefined };
    } catch (error) {
      return { kind: 'impossible', error };
    }
  }

  /** A link appears with its whole content or not at all, and fails if the name is taken. */
  async #create(): Promise<boolean> {
    const start = await this.#probe.startMark(this.#probe.pid);
    const record: LockRecord = {
      token: this.#token,
      pid: this.#probe.pid,
      host: this.#probe.host,
      ...(start === undefined ? {} : { start }),
    };
    const content = Buffer.from(JSON.stringify(record));
    const own = `${this.#path}.${this.#token}`;
    await this.#writeFile(own, 'replace', content);
    try {
      await this.#fs.link(own, this.#path);
    } catch (error) {
      if (errorCodeOf(error) === 'EEXIST') return false;
      try {
        await this.#writeFile(this.#path, 'exclusive', content); // No links here (FAT, some network shares).
      } catch (second) {
        if (errorCodeOf(second) === 'EEXIST') return false;
        throw second;
      }
    } finally {
      await this.#fs.remove(own);
    }
    return (await this.#read())?.token === this.#token;
  }

  async #writeFile(path: string, mode: 'replace' | 'exclusive', content: Uint8Array): Promise<void> {
    const file = await this.#fs.open(path, mode);
    try {
      await file.write(content);
    } finally {
      await file.close();
    }
  }

  async #isHolderThere(record: LockRecord | undefined): Promise<boolean> {
    const stat = await this.#fs.stat(this.#path);
    if (stat === undefined) return false;
    const hasBeat = Math.abs(this.#clock.now() - stat.changedAt) < staleMs;
    if (record?.host !== this.#probe.host) return hasBeat;
    if (!this.#probe.isAlive(record.pid)) return false;
    const start = await this.#probe.startMark(record.pid);
    if (start === undefined || record.start === undefined) return hasBeat;
    if (start !== record.start) return false; // The number was given to a later process.
    return record.pid === this.#probe.pid ? hasBeat : true;
  }

  /** Moves a dead holder's file away; if it turns out to be a new holder's, it is put back. */
  async #clearAway(dead: LockRecord | undefined): Promise<void> {
    const aside = `${this.#path}.${this.#token}.old`;
    try {
      await this.#fs.rename(this.#path, aside);
    } catch (error) {
      if (errorCodeOf(error) === 'ENOENT') return;
      throw error;
    }
    const moved = await this.#read(aside);
    if (moved?.token !== dead?.token) await this.#fs.link(aside, this.#path).catch(() => undefined);
    await this.#fs.remove(aside);
  }

  async #read(path = this.#path): Promise<LockRecord | undefined> {
    const data = await this.#fs.readFile(path);
    if (data === undefined) return undefined;
    try {
      return JSON.parse(Buffer.from(data).toString('utf8')) as LockRecord;
    } catch {
      return { token: '', pid: 0, host: '' };
    }
  }

  #scheduleBeat(): void {
    this.#timer = this.#clock.setTimeout(() => {
      void this.#beat();
    }, beatMs);
  }

  async #beat(): Promise<void> {
    const isOurs = await this.isStillOurs();
    if (!this.#isHeld) return;
    if (!isOurs) {
      this.#isHeld = false;
      this.#onLost();
      return;
    }
    await this.#fs.touch(this.#path, this.#clock.now()).catch(() => undefined);
    this.#scheduleBeat();
  }
}

import { errorCodeOf } from './file-system';
import type { FileSystem, OpenFile } from './file-system';
import { journalPath } from './journal-files';

/**
 * The file that the journal is writing, one after the other. Calls must not overlap; each rejects with the disk's
 * error, after which the file is to be closed: it may end in a torn line, and the next write begins another.
 */
export class JournalFile {
  readonly #fs: FileSystem;
  readonly #folder: string;
  #file: OpenFile | undefined;
  #path = '';
  #identity = '';
  #bytes = 0;
  #turn = 0;
  #wantsNew = false;

  constructor(fs: FileSystem, folder: string) {
    this.#fs = fs;
    this.#folder = folder;
  }

  /** Empty when none is open. */
  get path(): string {
    return this.#path;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** {@link rotate} was called since the last {@link close}. */
  get isToEnd(): boolean {
    return this.#wantsNew;
  }

  /** Asks for a new file. */
  rotate(): void {
    this.#wantsNew = true;
  }

  /** Appends; begins a file named after entry `first` where none is open. */
  async write(first: number, data: Uint8Array): Promise<void> {
    this.#file ??= await this.#open(first);
    await this.#file.write(data);
    this.#bytes += data.byteLength;
  }

  /** Flushes to the disk. `vanished`: the name is gone or means another file, so what was written reaches nobody. */
  async sync(): Promise<'synced' | 'vanished'> {
    const file = this.#file;
    if (file === undefined) return 'synced';
    await file.sync();
    return (await this.#fs.stat(this.#path))?.identity === this.#identity ? 'synced' : 'vanished';
  }

  async close(): Promise<void> {
    this.#wantsNew = false;
    const file = this.#file;
    if (file === undefined) return;
    this.#file = undefined;
    this.#path = '';
    this.#bytes = 0;
    await file.close().catch(() => undefined);
  }

  async #open(first: number): Promise<OpenFile> {
    // An existing name means a file that began with the same entry and then failed: it may end in a torn line.
    for (;;) {
      const path = journalPath(this.#folder, first, this.#turn++);
      try {
        const file = await this.#fs.open(path, 'exclusive');
        this.#path = path;
        this.#bytes = 0;
        this.#identity = (await this.#fs.stat(path))?.identity ?? '';
        await this.#fs.syncFolder(this.#folder).catch(() => undefined);
        return file;
      } catch (error) {
        if (errorCodeOf(error) === 'ENOENT') await this.#fs.makeFolder(this.#folder);
        else if (errorCodeOf(error) !== 'EEXIST') throw error;
      }
    }
  }
}

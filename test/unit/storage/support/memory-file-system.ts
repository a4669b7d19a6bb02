import { dirname, basename } from 'node:path';
import type { FileSystem, OpenFile } from '../../../../src/storage/file-system';

interface MemoryFile {
  data: Buffer;
  readonly identity: string;
  changedAt: number;
}

export type Operation =
  | 'makeFolder'
  | 'readFile'
  | 'open'
  | 'write'
  | 'sync'
  | 'close'
  | 'rename'
  | 'link'
  | 'remove'
  | 'list'
  | 'stat'
  | 'touch'
  | 'syncFolder';

/** An error as Node's `fs` throws it. */
export function diskError(code: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${code}: simulated`), { code });
}

/** The files of a simulated disk: they outlive the processes (file systems) that use them. */
export class MemoryDisk {
  readonly files = new Map<string, MemoryFile>();
  #created = 0;

  put(path: string, data: Uint8Array): void {
    this.files.set(path, { data: Buffer.from(data), identity: `m${++this.#created}`, changedAt: 0 });
  }

  read(path: string): Buffer | undefined {
    return this.files.get(path)?.data;
  }

  /** Paths whose name matches, sorted. */
  find(pattern: RegExp): string[] {
    return [...this.files.keys()].filter((path) => pattern.test(basename(path))).sort();
  }
}

/**
 * One process's view of a {@link MemoryDisk}. `fault` decides over each operation: it may throw, or say that only a
 * part of a write arrives. After {@link kill} nothing reaches the disk any more.
 */
export class MemoryFileSystem implements FileSystem {
  readonly disk: MemoryDisk;
  fault: (operation: Operation, path: string) => void = () => undefined;
  /** Bytes of a failing write that still arrive. */
  tornBytes = 0;
  isKilled = false;
  operations = 0;

  constructor(disk = new MemoryDisk()) {
    this.disk = disk;
  }

  /** The process is gone: everything under way hangs for ever, as it would. */
  kill(): void {
    this.isKilled = true;
  }

  async makeFolder(path: string): Promise<void> {
    await this.#step('makeFolder', path);
  }

  async readFile(path: string): Promise<Uint8Array | undefined> {
    await this.#step('readFile', path);
    const file = this.disk.files.get(path);
    return file && Buffer.from(file.data);
  }

  async open(path: string, mode: 'exclusive' | 'replace' | 'append'): Promise<OpenFile> {
    await this.#step('open', path);
    if (mode === 'exclusive' && this.disk.files.has(path)) throw diskError('EEXIST');
    if (mode !== 'append' || !this.disk.files.has(path)) {
      const known = this.disk.files.get(path);
      if (known) known.data = Buffer.alloc(0);
      else this.disk.put(path, Buffer.alloc(0));
    }
    const file = this.disk.files.get(path)!;
    return {
      write: async (data) => {
        try {
          await this.#step('write', path);
        } catch (error) {
          file.data = Buffer.concat([file.data, data.subarray(0, this.tornBytes)]);
          throw error;
        }
        file.data = Buffer.concat([file.data, data]);
      },
      sync: () => this.#step('sync', path),
      close: () => this.#step('close', path),
    };
  }

  async rename(from: string, to: string): Promise<void> {
    await this.#step('rename', to);
    const file = this.disk.files.get(from);
    if (!file) throw diskError('ENOENT');
    this.disk.files.delete(from);
    this.disk.files.set(to, file);
  }

  async link(from: string, to: string): Promise<void> {
    await this.#step('link', to);
    const file = this.disk.files.get(from);
    if (!file) throw diskError('ENOENT');
    if (this.disk.files.has(to)) throw diskError('EEXIST');
    this.disk.files.set(to, file);
  }

  async remove(path: string): Promise<void> {
    await this.#step('remove', path);
    this.disk.files.delete(path);
  }

  async list(folder: string): Promise<readonly string[]> {
    await this.#step('list', folder);
    return [...this.disk.files.keys()]
      .filter((path) => dirname(path) === folder)
      .map((path) => basename(path))
      .sort();
  }

  async stat(path: string) {
    await this.#step('stat', path);
    const file = this.disk.files.get(path);
    return file && { size: file.data.byteLength, changedAt: file.changedAt, identity: file.identity };
  }

  async touch(path: string, at: number): Promise<void> {
    await this.#step('touch', path);
    const file = this.disk.files.get(path);
    if (file) file.changedAt = at;
  }

  async syncFolder(path: string): Promise<void> {
    await this.#step('syncFolder', path);
  }

  async #step(operation: Operation, path: string): Promise<void> {
    if (this.isKilled) await new Promise(() => undefined);
    this.operations++;
    this.fault(operation, path);
  }
}

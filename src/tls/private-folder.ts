import { chmod, mkdir, readFile, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';

const maxFileBytes = 1024 * 1024;

/**
 * A folder of FLM's own with files that hold private keys: the folder 0700, the files 0600 (on Windows the profile's
 * own rights apply). Everything rejects with the file system's error.
 */
export class PrivateFolder {
  readonly path: string;
  readonly #write: (path: string, content: string) => Promise<void>;

  constructor(path: string, write: (path: string, content: string) => Promise<void>) {
    this.path = path;
    this.#write = write;
  }

  file(name: string): string {
    return join(this.path, name);
  }

  subfolder(...names: readonly string[]): PrivateFolder {
    return new PrivateFolder(join(this.path, ...names), this.#write);
  }

  /** Undefined when there is no such file. One that others could read is closed to them first. */
  async read(name: string): Promise<string | undefined> {
    const path = this.file(name);
    try {
      const { mode, size } = await stat(path);
      if (size > maxFileBytes) return '';
      if (process.platform !== 'win32' && (mode & 0o077) !== 0) await chmod(path, 0o600);
      return await readFile(path, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  }

  /** All or nothing. */
  async write(name: string, content: string): Promise<void> {
    await mkdir(this.path, { recursive: true, mode: 0o700 });
    if (process.platform !== 'win32') await chmod(this.path, 0o700);
    await this.#write(this.file(name), content);
  }

  /** Takes a file out of the way and answers where it is now. One earlier copy is replaced, so they do not pile up. */
  async setAside(name: string): Promise<string> {
    const path = this.file(`${name}.damaged`);
    await rename(this.file(name), path);
    return path;
  }
}

import { dirname } from 'node:path';
import type { FileSystem } from './file-system';

export interface AtomicWriteOptions {
  /** Name under which the file's previous content is kept. */
  readonly backup?: string;
}

/**
 * Replaces a file so that a crash at any moment leaves the old content or the new, never a part: written beside it,
 * flushed to the disk, renamed over it, folder flushed. On failure the old file is as it was and the error is thrown.
 */
export async function writeFileAtomic(
  fs: FileSystem,
  path: string,
  parts: readonly Uint8Array[],
  options: AtomicWriteOptions = {},
): Promise<void> {
  const temporary = `${path}.tmp`;
  try {
    const file = await fs.open(temporary, 'replace');
    try {
      for (const part of parts) await file.write(part);
      await file.sync();
    } finally {
      await file.close();
    }
    if (options.backup !== undefined) await keepBackup(fs, path, options.backup);
    await fs.rename(temporary, path);
  } catch (error) {
    await fs.remove(temporary).catch(() => undefined);
    throw error;
  }
  await fs.syncFolder(dirname(path)).catch(() => undefined); // Not every file system can; the rename itself held.
}

/** A second name for the old content keeps `path` there throughout; where links are impossible, a rename must do. */
async function keepBackup(fs: FileSystem, path: string, backup: string): Promise<void> {
  if ((await fs.stat(path)) === undefined) return;
  const fresh = `${backup}.tmp`;
  await fs.remove(fresh);
  try {
    await fs.link(path, fresh);
  } catch {
    await fs.rename(path, backup);
    return;
  }
  await fs.rename(fresh, backup);
}

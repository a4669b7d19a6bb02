import { chmod, link, mkdir, open, readFile, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { errorCodeOf } from './file-system';
import type { FileSystem, OpenFile } from './file-system';

const openFlags = { exclusive: 'wx', replace: 'w', append: 'a' } as const;

/** Windows: a virus scanner or indexer holds a fresh file for a moment, and renaming over it fails. */
const renameRetryDelaysMs = [20, 60, 150, 400];

/** The machine's file system. */
export const nodeFileSystem: FileSystem = {
  async makeFolder(path) {
    await mkdir(path, { recursive: true, mode: 0o700 });
    await chmod(path, 0o700);
  },

  readFile: (path) => undefinedIfMissing(readFile(path)),

  async open(path, mode) {
    const handle = await open(path, openFlags[mode], 0o600);
    return openFile(handle);
  },

  async rename(from, to) {
    for (const delayMs of renameRetryDelaysMs) {
      try {
        await rename(from, to);
        return;
      } catch (error) {
        if (process.platform !== 'win32' || !['EPERM', 'EACCES', 'EBUSY'].includes(errorCodeOf(error))) throw error;
        await new Promise((resolve) => setTimeout(resolve, delayMs));
      }
    }
    await rename(from, to);
  },

  link: (from, to) => link(from, to),

  remove: (path) => rm(path, { force: true }),

  async list(folder) {
    return ((await undefinedIfMissing(readdir(folder))) ?? []).sort();
  },

  async stat(path) {
    const found = await undefinedIfMissing(stat(path, { bigint: true }));
    return (
      found && {
        size: Number(found.size),
        changedAt: Number(found.mtimeMs),
        identity: `${found.dev.toString()}:${found.ino.toString()}`,
      }
    );
  },

  touch: (path, at) => utimes(path, at / 1000, at / 1000),

  async syncFolder(path) {
    if (process.platform === 'win32') return; // A folder cannot be opened there; NTFS journals names itself.
    const handle = await open(path, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  },
};

function openFile(handle: FileHandle): OpenFile {
  return {
    async write(data) {
      let offset = 0;
      while (offset < data.byteLength) {
        // A nearly full disk takes a part and fails with the next call.
        const { bytesWritten } = await handle.write(data, offset, data.byteLength - offset);
        offset += bytesWritten;
      }
    },
    sync: () => handle.datasync(),
    close: () => handle.close(),
  };
}

async function undefinedIfMissing<T>(promise: Promise<T>): Promise<T | undefined> {
  try {
    return await promise;
  } catch (error) {
    if (errorCodeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

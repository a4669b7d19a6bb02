import { open, rename, rm } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { randomId } from '../core/random-id';

const renameAttempts = 5;
const renameRetryMs = 40;

/**
 * Replaces a file so that readers see the old or the new content, never a part, also after a power cut. Mode 0600.
 * Costs a flush to disk (milliseconds); rejects with the file system's error and leaves the old content then.
 */
export async function writeFileAtomic(path: string, content: string): Promise<void> {
  const temporary = `${path}.${randomId(8)}.tmp`;
  try {
    await writePrivateFile(temporary, content);
    await renameOver(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** Creates a new file (mode 0600) and flushes it. Rejects with EEXIST when it is there. */
export async function writePrivateFile(path: string, content: string): Promise<void> {
  const handle = await open(path, 'wx', 0o600);
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Rename that replaces. Windows refuses for the moment while somebody has the target open: tried again for 0.2 s. */
export async function renameOver(from: string, to: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await rename(from, to);
      return;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      const mayPass = code === 'EPERM' || code === 'EACCES' || code === 'EBUSY';
      if (!mayPass || process.platform !== 'win32' || attempt === renameAttempts) throw error;
      await delay(renameRetryMs * attempt);
    }
  }
}

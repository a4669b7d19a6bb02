import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { writeFileAtomic } from './atomic-file';
import type { FileSystem } from './file-system';

export function databasePath(folder: string): string {
  return join(folder, 'flm.db');
}

export function backupPath(folder: string): string {
  return join(folder, 'flm.db.bak');
}

function secretPath(folder: string): string {
  return join(folder, 'audit.secret');
}

const secretBytes = 32;

/**
 * The installation's secret, with which the database file, the journal and the anchors are signed. Made at the first
 * start. `isNew` with data beside it means that it was lost, and nothing older can be vouched for.
 */
export async function loadSecret(fs: FileSystem, folder: string): Promise<{ secret: Uint8Array; isNew: boolean }> {
  const path = secretPath(folder);
  const stored = await fs.readFile(path);
  if (stored?.byteLength === secretBytes) return { secret: stored, isNew: false };
  const secret = new Uint8Array(randomBytes(secretBytes));
  await writeFileAtomic(fs, path, [secret]);
  return { secret, isNew: true };
}

/** Writes a secret where there is none. Says whether it is the folder's now; rejects with the disk's error. */
export async function keepSecret(fs: FileSystem, folder: string, secret: Uint8Array): Promise<boolean> {
  const path = secretPath(folder);
  if ((await fs.stat(path)) !== undefined) return false;
  await writeFileAtomic(fs, path, [secret]);
  return true;
}

/** Damaged databases kept for whoever wants to look into them. */
const maxQuarantined = 3;

/** Moves a damaged file out of the way and says where to. Undefined when it cannot be moved. */
export async function quarantine(fs: FileSystem, path: string, now: number): Promise<string | undefined> {
  const stamp = new Date(now).toISOString().replaceAll(/[:.]/g, '-');
  const target = `${path}.damaged-${stamp}`;
  try {
    await fs.rename(path, target);
    const folder = join(path, '..');
    const all = (await fs.list(folder)).filter((name) => name.includes('.damaged-'));
    for (const name of all.slice(0, Math.max(0, all.length - maxQuarantined))) await fs.remove(join(folder, name));
    return target;
  } catch {
    return undefined;
  }
}

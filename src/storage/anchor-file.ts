import { createHmac } from 'node:crypto';
import { join } from 'node:path';
import { writeFileAtomic } from './atomic-file';
import { toHex } from './audit-codec';
import type { ChainPoint } from './audit-chain';
import type { FileSystem } from './file-system';

/** What the last save held, kept outside the database: an old database put in its place is thus found out. */
export interface SavedMark extends ChainPoint {
  /** Number of the last journal entry in the saved database. */
  readonly entry: number;
}

export function anchorFilePath(folder: string): string {
  return join(folder, 'audit.anchor');
}

/** Undefined: no such file. `forged`: there is one, and it is damaged or not signed by this installation. */
export async function readAnchorFile(
  fs: FileSystem,
  folder: string,
  secret: Uint8Array,
): Promise<SavedMark | 'forged' | undefined> {
  const data = await fs.readFile(anchorFilePath(folder));
  if (data === undefined) return undefined;
  try {
    const { seq, hash, entry, mac } = JSON.parse(Buffer.from(data).toString('utf8')) as Record<string, unknown>;
    if (typeof seq !== 'number' || typeof hash !== 'string' || typeof entry !== 'number') return 'forged';
    const mark = { seq, hash: new Uint8Array(Buffer.from(hash, 'hex')), entry };
    return mac === macOf(mark, secret) ? mark : 'forged';
  } catch {
    return 'forged';
  }
}

export async function writeAnchorFile(
  fs: FileSystem,
  folder: string,
  secret: Uint8Array,
  mark: SavedMark,
): Promise<void> {
  const { seq, entry } = mark;
  const text = JSON.stringify({ seq, hash: toHex(mark.hash), entry, mac: macOf(mark, secret) });
  await writeFileAtomic(fs, anchorFilePath(folder), [Buffer.from(text)]);
}

function macOf(mark: SavedMark, secret: Uint8Array): string {
  return createHmac('sha256', secret)
    .update(`saved\n${mark.seq}\n${toHex(mark.hash)}\n${mark.entry}`)
    .digest('hex');
}

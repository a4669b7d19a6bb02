import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import type { AuditRow } from '../core/audit';
import { writeFileAtomic } from './atomic-file';
import { auditValues, rowHash, toHex } from './audit-codec';
import type { ChainPoint } from './audit-chain';
import type { FileSystem } from './file-system';

/** Old audit rows: a gzipped file of JSON lines, one row each with its number and hash. */
export interface ArchiveFile {
  readonly name: string;
  readonly from: number;
  readonly to: number;
}

const pattern = /^audit-(\d{12})-(\d{12})\.jsonl\.gz$/;
const zip = promisify(gzip);
const unzip = promisify(gunzip);

export function archiveFolder(folder: string): string {
  return join(folder, 'archive');
}

/** The archives, oldest first. */
export async function listArchives(fs: FileSystem, folder: string): Promise<readonly ArchiveFile[]> {
  return (await fs.list(archiveFolder(folder))).flatMap((name) => {
    const match = pattern.exec(name);
    return match ? [{ name, from: Number(match[1]), to: Number(match[2]) }] : [];
  });
}

/** Writes rows, which must be consecutive, as one archive. Compression runs off the event loop. */
export async function writeArchive(fs: FileSystem, folder: string, rows: readonly AuditRow[]): Promise<void> {
  const from = rows.at(0)?.seq ?? 0;
  const to = rows.at(-1)?.seq ?? 0;
  const digits = (seq: number) => String(seq).padStart(12, '0');
  const text = rows.map((row) => `${JSON.stringify(row)}\n`).join('');
  await fs.makeFolder(archiveFolder(folder));
  const path = join(archiveFolder(folder), `audit-${digits(from)}-${digits(to)}.jsonl.gz`);
  await writeFileAtomic(fs, path, [await zip(Buffer.from(text))]);
}

/** Rows of an archive. Throws when it is missing, damaged or no archive. */
export async function readArchive(fs: FileSystem, folder: string, name: string): Promise<readonly AuditRow[]> {
  const data = await fs.readFile(join(archiveFolder(folder), name));
  if (data === undefined) throw new Error(`${name} is missing.`);
  const text = (await unzip(data)).toString('utf8');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as AuditRow);
}

/** Follows the chain through archived rows: the last point, or the first row that does not fit. */
export function followRows(rows: readonly AuditRow[], before: ChainPoint | undefined): ChainPoint | { badSeq: number } {
  let last = before;
  for (const row of rows) {
    if (last !== undefined && row.seq !== last.seq + 1) return { badSeq: last.seq + 1 };
    const hash = Buffer.from(row.hash, 'hex');
    // Of the first row of the oldest archive nothing is known before it: it is held by the row after it.
    if (last !== undefined && toHex(rowHash(last.hash, row.seq, auditValues(row))) !== row.hash) {
      return { badSeq: row.seq };
    }
    last = { seq: row.seq, hash };
  }
  return last ?? { badSeq: 0 };
}

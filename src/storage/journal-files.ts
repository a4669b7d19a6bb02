import { join } from 'node:path';
import type { FileSystem } from './file-system';

/** One file of the journal: holds entries from `first` on, up to the next file's first. */
export interface JournalFile {
  readonly first: number;
  readonly path: string;
}

const pattern = /^journal-(\d{15})(?:-(\d+))?\.jsonl$/;

/** Name of the file that begins with entry `first`. `turn` tells files apart that begin with the same number. */
export function journalPath(folder: string, first: number, turn: number): string {
  return join(folder, `journal-${String(first).padStart(15, '0')}-${turn}.jsonl`);
}

/** The journal's files in the order they were written. */
export async function listJournalFiles(fs: FileSystem, folder: string): Promise<readonly JournalFile[]> {
  const found = (await fs.list(folder)).flatMap((name) => {
    const match = pattern.exec(name);
    return match ? [{ first: Number(match[1]), turn: Number(match[2] ?? 0), path: join(folder, name) }] : [];
  });
  return found.sort((a, b) => a.first - b.first || a.turn - b.turn);
}

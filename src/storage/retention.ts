import { join } from 'node:path';
import type { RetentionPolicy } from '../core/audit-query';
import { archiveFolder, listArchives, writeArchive } from './archive';
import { auditRow, hashIndex, selectAudit } from './audit-codec';
import type { AuditChain } from './audit-chain';
import type { Database } from './database';
import type { FileSystem } from './file-system';
import { dayOf } from './utc-day';

export interface RetentionResult {
  readonly archivedRows: number;
  readonly removedAccess: number;
}

/** Rows read or removed between two turns of the event loop: 2–10 ms of work. */
const stepRows = 500;
/** Rows of one archive file: about 1 MB compressed. */
const archiveRows = 20_000;
/** Age is looked at with this slack, so that a quiet log does not give one archive a minute. */
const ageSlackMs = 60 * 60 * 1000;
/** Over the row limit, so much of it is cleared at once. */
const clearedShare = 0.05;
/** Days whose token counts are kept; only today's is a limit. */
const usageDays = 8;

/**
 * Removes what is too old or too much. Audit rows go to an archive first, and the start anchor moves to the last
 * archived row, so that the chain goes on through the archives. Works in small steps with turns of the event loop
 * between them.
 */
export async function applyRetention(
  db: Database,
  chain: AuditChain,
  fs: FileSystem,
  folder: string,
  policy: RetentionPolicy,
  now: number,
): Promise<RetentionResult> {
  let archivedRows = 0;
  for (;;) {
    const upTo = cutOf(db, 'audit', policy, now);
    if (upTo === undefined) break;
    archivedRows += await archiveUpTo(db, chain, fs, folder, upTo, now);
  }
  const removedAccess = await removeAccess(db, policy, now);
  db.run('DELETE FROM usage WHERE day < ?', [dayOf(now) - usageDays]);
  if (archivedRows > 0) await removeOldArchives(fs, folder, policy.maxArchives);
  return { archivedRows, removedAccess };
}

/** Last row to go, or undefined. By row number: a clock that jumped must not empty the log, so age needs an unbroken run. */
function cutOf(db: Database, table: 'audit' | 'access', policy: RetentionPolicy, now: number): number | undefined {
  const [first, last, count] = (db.first(`SELECT min(seq), max(seq), count(*) FROM ${table}`) ?? []).map(Number);
  if (first === undefined || last === undefined || count === undefined || count === 0) return undefined;
  let upTo = first - 1;
  if (count > policy.maxRows) {
    const excess = count - Math.floor(policy.maxRows * (1 - clearedShare));
    upTo = db.number(`SELECT seq FROM ${table} ORDER BY seq LIMIT 1 OFFSET ?`, [excess - 1]);
  }
  const oldest = db.number(`SELECT at FROM ${table} WHERE seq = ?`, [first]);
  if (oldest < now - policy.maxAgeMs - ageSlackMs) {
    const young = db.first(`SELECT seq FROM ${table} WHERE at >= ? ORDER BY seq LIMIT 1`, [now - policy.maxAgeMs]);
    upTo = Math.max(upTo, young ? Number(young[0]) - 1 : last);
  }
  return upTo >= first ? upTo : undefined;
}

async function archiveUpTo(
  db: Database,
  chain: AuditChain,
  fs: FileSystem,
  folder: string,
  upTo: number,
  now: number,
): Promise<number> {
  const rows = [];
  let hash: Uint8Array | undefined;
  let after = 0;
  while (rows.length < archiveRows) {
    const step = db.all(`${selectAudit} WHERE seq > ? AND seq <= ? ORDER BY seq LIMIT ?`, [after, upTo, stepRows]);
    for (const row of step) rows.push(auditRow(row));
    const last = step.at(-1);
    if (last === undefined) break;
    after = Number(last[0]);
    hash = last[hashIndex] as Uint8Array;
    await turn();
  }
  if (hash === undefined) return 0;
  // Left over from a run whose removal was never saved: the rows are still here and are archived again now.
  for (const archive of await listArchives(fs, folder)) {
    if (archive.to >= (rows[0]?.seq ?? 0)) await fs.remove(join(archiveFolder(folder), archive.name));
  }
  await writeArchive(fs, folder, rows);
  for (let index = stepRows - 1; ; index += stepRows) {
    const row = rows[Math.min(index, rows.length - 1)];
    if (row === undefined) break;
    db.transaction(() => {
      db.run('DELETE FROM audit WHERE seq <= ?', [row.seq]);
      chain.markStart({ seq: row.seq, hash: new Uint8Array(Buffer.from(row.hash, 'hex')) }, now);
    });
    await turn();
    if (index >= rows.length - 1) break;
  }
  return rows.length;
}

async function removeAccess(db: Database, policy: RetentionPolicy, now: number): Promise<number> {
  const upTo = cutOf(db, 'access', policy, now);
  if (upTo === undefined) return 0;
  let removed = 0;
  for (;;) {
    const last = db.first('SELECT seq FROM access WHERE seq <= ? ORDER BY seq LIMIT 1 OFFSET ?', [upTo, stepRows - 1]);
    const stepTo = last ? Number(last[0]) : upTo;
    const count = db.number('SELECT count(*) FROM access WHERE seq <= ?', [stepTo]);
    db.run('DELETE FROM access WHERE seq <= ?', [stepTo]);
    removed += count;
    if (stepTo >= upTo) return removed;
    await turn();
  }
}

async function removeOldArchives(fs: FileSystem, folder: string, maxArchives: number): Promise<void> {
  const archives = await listArchives(fs, folder);
  for (const archive of archives.slice(0, Math.max(0, archives.length - maxArchives))) {
    await fs.remove(join(archiveFolder(folder), archive.name));
  }
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

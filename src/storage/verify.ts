import type { ChainFault, ChainGap, VerifyResult } from '../core/audit-query';
import { followRows, listArchives, readArchive } from './archive';
import { hashIndex, rowHash, selectAudit, toHex } from './audit-codec';
import type { AuditChain, ChainPoint } from './audit-chain';
import type { Database } from './database';
import type { FileSystem } from './file-system';

/** Rows checked between two turns of the event loop: about 5 ms. */
const stepRows = 1_000;

type Bad = NonNullable<VerifyResult['firstBad']>;

/**
 * Checks every audit row against the chain and the signed anchors, archives included if asked. Finds any edit,
 * deletion, reordering or truncation, and names the first bad row. About 0.6 s for 100,000 rows, in small steps; rows
 * that arrive meanwhile are not looked at. Must not run beside retention.
 */
export async function verifyChain(
  db: Database,
  chain: AuditChain,
  fs: FileSystem,
  folder: string,
  withArchives: boolean,
): Promise<VerifyResult> {
  const upTo = chain.last.seq;
  const anchors = chain.anchors();
  const gaps: ChainGap[] = anchors
    .filter((anchor) => anchor.kind === 'gap')
    .map((anchor) => ({ from: anchor.from, to: anchor.seq - 1, at: anchor.at }));
  let rows = 0;
  let archives = 0;
  const done = (firstBad?: Bad): VerifyResult => ({
    ok: firstBad === undefined,
    rows,
    archives,
    ...(firstBad ? { firstBad } : {}),
    gaps,
  });

  const forged = anchors.find((anchor) => !anchor.isGenuine);
  if (forged) return done({ seq: forged.seq, fault: 'anchor' });
  const start = anchors.find((anchor) => anchor.kind === 'start');
  const end = anchors.find((anchor) => anchor.kind === 'end');
  const before: ChainPoint = start ? { seq: start.seq - 1, hash: start.hash } : { seq: 0, hash: new Uint8Array(32) };

  if (withArchives) {
    const checked = await verifyArchives(fs, folder, before);
    rows += checked.rows;
    archives = checked.archives;
    if (checked.bad) return done(checked.bad);
  }

  const first = db.first('SELECT min(seq) FROM audit')?.[0];
  if (typeof first === 'number' && first <= before.seq) return done({ seq: first, fault: 'changed' });

  let last = before;
  let sawEnd = end === undefined || end.seq <= last.seq;
  for (;;) {
    const step = db.all(`${selectAudit} WHERE seq <= ? AND seq > ? ORDER BY seq LIMIT ?`, [upTo, last.seq, stepRows]);
    for (const row of step) {
      const seq = Number(row[0]);
      const gap = anchors.find((anchor) => anchor.kind === 'gap' && anchor.from === last.seq + 1 && seq >= anchor.seq);
      if (gap) last = { seq: gap.seq - 1, hash: gap.hash };
      const fault = faultOf(row, seq, last);
      if (fault) return done({ seq: fault === 'missing' ? last.seq + 1 : seq, fault });
      last = { seq, hash: row[hashIndex] as Uint8Array };
      if (end?.seq === seq) {
        if (toHex(end.hash) !== toHex(last.hash)) return done({ seq, fault: 'changed' });
        sawEnd = true;
      }
      rows++;
    }
    if (step.length < stepRows) break;
    await new Promise((resolve) => setImmediate(resolve));
  }
  const closing = anchors.find((anchor) => anchor.kind === 'gap' && anchor.from === last.seq + 1);
  if (closing && end && end.seq === closing.seq - 1) sawEnd = true;
  const lastExpected = closing ? closing.seq - 1 : last.seq;
  return sawEnd && lastExpected >= upTo ? done() : done({ seq: last.seq + 1, fault: 'truncated' });
}

function faultOf(row: readonly unknown[], seq: number, last: ChainPoint): ChainFault | undefined {
  if (seq !== last.seq + 1) return 'missing';
  const values = row.slice(1, hashIndex) as (string | number | null)[];
  const stored = row[hashIndex];
  if (!(stored instanceof Uint8Array)) return 'changed';
  return toHex(rowHash(last.hash, seq, values)) === toHex(stored) ? undefined : 'changed';
}

async function verifyArchives(
  fs: FileSystem,
  folder: string,
  end: ChainPoint,
): Promise<{ rows: number; archives: number; bad?: Bad }> {
  // One that reaches beyond the start anchor was written by a run that a crash undid: its rows are still in the table.
  const files = (await listArchives(fs, folder)).filter((archive) => archive.to <= end.seq);
  let last: ChainPoint | undefined;
  let rows = 0;
  for (const [index, { name, from }] of files.entries()) {
    const bad = (seq: number, fault: ChainFault) => ({ rows, archives: index, bad: { seq, fault, archive: name } });
    if (last !== undefined && from !== last.seq + 1) return bad(last.seq + 1, 'missing');
    try {
      const content = await readArchive(fs, folder, name);
      const reached = followRows(content, last);
      if ('badSeq' in reached) return bad(reached.badSeq, 'changed');
      last = reached;
      rows += content.length;
    } catch {
      return bad(from, 'archive');
    }
  }
  if (last !== undefined && (last.seq !== end.seq || toHex(last.hash) !== toHex(end.hash))) {
    return {
      rows,
      archives: files.length,
      bad: { seq: last.seq, fault: last.seq === end.seq ? 'changed' : 'missing' },
    };
  }
  return { rows, archives: files.length };
}

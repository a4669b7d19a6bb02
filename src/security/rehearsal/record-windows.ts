import type { AuditRow } from '../../core/audit';
import type { AccessRow, Page, PageCursor } from '../../core/audit-query';
import type { RecordSource } from './record-source';

/** One request with what was recorded about it, or a row that belongs to none. */
export interface RecordedStep {
  /** Epoch ms. */
  readonly at: number;
  readonly access?: AccessRow;
  readonly rows: readonly AuditRow[];
}

export interface RecordWindow {
  /** Oldest first. */
  readonly steps: readonly RecordedStep[];
  readonly records: number;
}

const hourMs = 3_600_000;
/** Taking a page over from the database's thread costs a few µs per row: pages stay far below the 5 ms of a slice. */
const pageRows = 250;
/** Rows of one kind held at a time. A window with more is read in halves. */
const maxWindowRows = 1_000;
const shortestWindowMs = 1_000;
const longestWindowMs = 12 * hourMs;

/**
 * Reads records oldest first although they are answered newest first: window by window, each small enough to be held.
 * Memory is bounded by the densest second.
 */
export async function* readWindows(
  source: RecordSource,
  from: number,
  to: number,
  signal: AbortSignal,
  pause: () => Promise<void>,
): AsyncGenerator<RecordWindow> {
  let widthMs = hourMs;
  for (let start = from; start < to;) {
    const end = Math.min(to, start + widthMs);
    const canHalve = end - start > shortestWindowMs;
    const most = canHalve ? maxWindowRows : Infinity;
    const range = { from: start, to: end, limit: pageRows };
    const access = await readAll((after) => source.queryAccess({ ...range, ...after }), most, signal, pause);
    const audit = access && (await readAll((after) => source.queryAudit({ ...range, ...after }), most, signal, pause));
    if (access === undefined || audit === undefined) {
      widthMs = Math.max(shortestWindowMs, Math.ceil((end - start) / 2));
      continue;
    }
    const records = access.length + audit.length;
    if (records > 0) yield { steps: inOrder(access, audit), records };
    if (records < maxWindowRows / 4) widthMs = Math.min(longestWindowMs, widthMs * 2);
    start = end;
  }
}

/** All rows of a range, newest first; undefined when there are more than wanted. */
async function readAll<T>(
  read: (after: { readonly after?: PageCursor }) => Promise<Page<T>>,
  most: number,
  signal: AbortSignal,
  pause: () => Promise<void>,
): Promise<T[] | undefined> {
  const rows: T[] = [];
  let after: { readonly after?: PageCursor } = {};
  for (;;) {
    signal.throwIfAborted();
    const page = await read(after);
    rows.push(...page.rows);
    await pause();
    if (rows.length > most) return undefined;
    if (page.next === undefined) return rows;
    after = { after: page.next };
  }
}

/** Requests with their rows, and the other rows, by time. A request comes before rows of the same moment. */
function inOrder(access: readonly AccessRow[], audit: readonly AuditRow[]): readonly RecordedStep[] {
  const byRequest = new Map<string, AuditRow[]>(access.map(({ requestId }) => [requestId, []]));
  const others: RecordedStep[] = [];
  for (const row of audit.toReversed()) {
    const own = row.requestId === undefined ? undefined : byRequest.get(row.requestId);
    if (own === undefined) others.push({ at: row.at, rows: [row] });
    else own.push(row);
  }
  const requests = access
    .toReversed()
    .map((record): RecordedStep => ({ at: record.at, access: record, rows: byRequest.get(record.requestId) ?? [] }));
  // Stable, so what has the same time stays in the order it was written.
  return [...requests, ...others].sort((a, b) => a.at - b.at);
}

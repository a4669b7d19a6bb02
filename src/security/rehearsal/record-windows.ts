import type { Page, PageCursor } from '../../core/audit-query';
import type { RecordSource } from './record-source';
import { RecordWindow } from './record-window';
import type { Slices } from './slices';

const hourMs = 3_600_000;
/** Taking a page over from the database's thread costs a few µs per row: pages stay far below the 5 ms of a slice. */
const pageRows = 250;
/** Rows of one kind held at a time. A window with more is read in halves. */
const maxWindowRows = 1_000;
const shortestWindowMs = 1_000;
const longestWindowMs = 12 * hourMs;

/**
 * Reads records oldest first although they are answered newest first: window by window, each small enough to be held.
 * Memory is bounded by the densest second. A page is all the work between two pauses.
 */
export async function* readWindows(
  source: RecordSource,
  from: number,
  to: number,
  slices: Slices,
): AsyncGenerator<RecordWindow> {
  let widthMs = hourMs;
  for (let start = from; start < to;) {
    const end = Math.min(to, start + widthMs);
    const most = end - start > shortestWindowMs ? maxWindowRows : Infinity;
    const window = await readWindow(source, { from: start, to: end, limit: pageRows }, most, slices);
    if (window === undefined) {
      widthMs = Math.max(shortestWindowMs, Math.ceil((end - start) / 2));
      continue;
    }
    if (window.records > 0) yield window;
    if (window.records < maxWindowRows / 4) widthMs = Math.min(longestWindowMs, widthMs * 2);
    start = end;
  }
}

type Range = Pick<Parameters<RecordSource['queryAccess']>[0], 'from' | 'to' | 'limit'>;

/** Undefined when there are more rows of one kind than wanted. */
async function readWindow(
  source: RecordSource,
  range: Range,
  most: number,
  slices: Slices,
): Promise<RecordWindow | undefined> {
  const window = new RecordWindow();
  const hasAccess = await readPages(
    (after) => source.queryAccess({ ...range, ...after }),
    (row) => window.addRequest(row),
    most,
    slices,
  );
  const hasAll =
    hasAccess &&
    (await readPages(
      (after) => source.queryAudit({ ...range, ...after }),
      (row) => window.addRow(row),
      most,
      slices,
    ));
  return hasAll ? window : undefined;
}

/** Takes all rows, newest first; false when there are more than wanted. */
async function readPages<T>(
  read: (after: { readonly after?: PageCursor }) => Promise<Page<T>>,
  take: (row: T) => void,
  most: number,
  slices: Slices,
): Promise<boolean> {
  let after: { readonly after?: PageCursor } = {};
  for (let count = 0; ;) {
    const page = await read(after);
    for (const row of page.rows) take(row);
    count += page.rows.length;
    await slices.pause();
    if (count > most) return false;
    if (page.next === undefined) return true;
    after = { after: page.next };
  }
}

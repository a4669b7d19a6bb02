import type { Page, PageCursor, PageQuery } from '../core/audit-query';
import type { Database, SqlRow, SqlValue } from './database';

/** A condition whose index yields rows newest first; several: one search each, merged. */
export interface IndexedCondition {
  readonly sql: string;
  readonly value: SqlValue;
}

/** What is searched: built by the tables that know their columns. */
export interface SearchPlan {
  /** `SELECT seq, at, … FROM table`: the first two columns are these. */
  readonly select: string;
  readonly table: string;
  /** Empty: by time alone. */
  readonly indexed: readonly IndexedCondition[];
  /** Further conditions, all of which must hold, checked row by row. */
  readonly residual: readonly { readonly sql: string; readonly values: readonly SqlValue[] }[];
}

export const maxPageRows = 1_000;
const defaultPageRows = 100;

/** Rows looked at between two glances at the time. */
const windowRows = 1_000;

/** Time after which a search stops with what it has. The goal is a first page within 20 ms at 100,000 rows. */
const budgetMs = 8;

interface Window {
  /** Newest row looked at, exclusive. */
  readonly before: PageCursor;
  /** Oldest row looked at, inclusive; undefined: to the end of the range. */
  readonly downTo: PageCursor | undefined;
}

/**
 * One page of a search, newest first, by keyset: the cost of a page does not grow with its number. Where conditions
 * must be checked row by row, the search walks windows of the index and stops after {@link budgetMs}.
 */
export function searchPage<T>(
  db: Database,
  query: PageQuery,
  plan: SearchPlan,
  toRow: (row: SqlRow) => T & PageCursor,
  now: () => number = () => performance.now(),
): Page<T> {
  const limit = Math.max(1, Math.min(maxPageRows, Math.trunc(query.limit ?? defaultPageRows)));
  const deadline = now() + budgetMs;
  const from = query.from ?? Number.MIN_SAFE_INTEGER;
  let before: PageCursor = query.after ?? { at: query.to ?? Number.MAX_SAFE_INTEGER, seq: 0 };
  if (query.to !== undefined && before.at >= query.to) before = { at: query.to, seq: 0 };
  const rows: (T & PageCursor)[] = [];
  for (;;) {
    const downTo = plan.residual.length > 0 ? windowEnd(db, plan, before, from) : undefined;
    const found = searchWindow(db, plan, { before, downTo }, from, limit - rows.length).map(toRow);
    rows.push(...found);
    const last = rows.at(-1);
    if (rows.length >= limit && last) return { rows, next: { at: last.at, seq: last.seq } };
    if (downTo === undefined) return { rows };
    before = downTo;
    if (now() >= deadline) return { rows, next: downTo };
  }
}

const beforeCursor = 'at <= ? AND (at < ? OR seq < ?)';
const notBeforeCursor = '(at > ? OR seq >= ?)';

function searchWindow(db: Database, plan: SearchPlan, window: Window, from: number, limit: number): SqlRow[] {
  const { before, downTo } = window;
  const residual = plan.residual.map(({ sql }) => ` AND (${sql})`).join('');
  const residualValues = plan.residual.flatMap(({ values }) => values);
  const searchOne = (condition?: IndexedCondition) =>
    db.all(
      // One lower bound only: SQLite would walk the index down to the first it meets.
      `${plan.select} WHERE ${condition ? `${condition.sql} AND ` : ''}at >= ? AND ${beforeCursor}` +
        `${downTo ? ` AND ${notBeforeCursor}` : ''}${residual} ORDER BY at DESC, seq DESC LIMIT ?`,
      [
        ...(condition ? [condition.value] : []),
        downTo?.at ?? from,
        ...[before.at, before.at, before.seq],
        ...(downTo ? [downTo.at, downTo.seq] : []),
        ...residualValues,
        limit,
      ],
    );
  if (plan.indexed.length <= 1) return searchOne(plan.indexed[0]);
  return plan.indexed
    .flatMap((condition) => searchOne(condition))
    .sort((a, b) => Number(b[1]) - Number(a[1]) || Number(b[0]) - Number(a[0]))
    .slice(0, limit);
}

/** The row `windowRows` further down, read from the index alone. */
function windowEnd(db: Database, plan: SearchPlan, before: PageCursor, from: number): PageCursor | undefined {
  const ends = (plan.indexed.length === 0 ? [undefined] : plan.indexed).flatMap((condition) => {
    const row = db.first(
      `SELECT at, seq FROM ${plan.table} WHERE ${condition ? `${condition.sql} AND ` : ''}at >= ? AND ${beforeCursor}` +
        ` ORDER BY at DESC, seq DESC LIMIT 1 OFFSET ${windowRows}`,
      [...(condition ? [condition.value] : []), from, before.at, before.at, before.seq],
    );
    return row ? [{ at: Number(row[0]), seq: Number(row[1]) }] : [];
  });
  // Several indexes: the window that is reached first, so that no index is walked further than its share.
  return ends.sort((a, b) => b.at - a.at || b.seq - a.seq)[0];
}

/** `%text%` for LIKE with `\` as escape. */
export function likePattern(text: string): string {
  return `%${text.slice(0, 200).replace(/[\\%_]/g, (char) => `\\${char}`)}%`;
}

import type { AuditRow } from '../../core/audit';
import type { AuditQuery, PageCursor } from '../../core/audit-query';
import type { Gateway } from '../gateway-port';

/** A search gives up a page when its time is over; so many empty pages mean there is little left to find. */
const maxPages = 20;

/** The newest `count` rows of a search. Pages may come short; this goes on until there are enough or no more. */
export async function collectRows(
  gateway: Pick<Gateway, 'request'>,
  query: Omit<AuditQuery, 'limit' | 'after'>,
  count: number,
): Promise<readonly AuditRow[]> {
  const rows: AuditRow[] = [];
  let after: PageCursor | undefined;
  for (let pages = 0; pages < maxPages && rows.length < count; pages++) {
    const limit = count - rows.length;
    const page = await gateway.request('audit/query', { ...query, limit, ...(after && { after }) });
    rows.push(...page.rows);
    after = page.next;
    if (after === undefined) break;
  }
  return rows.slice(0, count);
}

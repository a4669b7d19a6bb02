import type { Statistics, StatisticsBucket, StatisticsQuery, UsageSummary } from '../core/audit-query';
import { localCaller } from './access-codec';
import type { Database, SqlRow } from './database';

const maxBuckets = 1_000;
const mediumSeverity = 2;

/** Sums over the access records of a time span. About 100–200 ms for 100,000 records: off the request path only. */
export function computeStatistics(db: Database, query: StatisticsQuery): Statistics {
  const { from, to } = query;
  const span = Math.max(1, to - from);
  const bucketMs = Math.max(1, Math.trunc(query.bucketMs), Math.ceil(span / maxBuckets));
  const top = Math.max(1, Math.min(100, Math.trunc(query.top ?? 10)));
  return {
    bucketMs,
    buckets: bucketsOf(db, from, to, bucketMs),
    byKey: summaries(db, `coalesce(key_id, '${localCaller}')`, from, to, top),
    byModel: summaries(db, "CASE WHEN model_id IS NULL THEN NULL ELSE engine_id || '/' || model_id END", from, to, top),
    byAddress: summaries(db, 'address', from, to, top),
  };
}

function bucketsOf(db: Database, from: number, to: number, bucketMs: number): StatisticsBucket[] {
  const bucket = 'CAST((at - ?) / ? AS INTEGER)';
  const byBucket = (rows: readonly SqlRow[]) => new Map(rows.map((row) => [Number(row[0]), row]));
  const sums = byBucket(
    db.all(
      `SELECT ${bucket} AS b, count(*), sum(outcome = 'refused'), sum(outcome IN ('error', 'engine-error')),
         total(tokens_in), total(tokens_out) FROM access WHERE at >= ? AND at < ? GROUP BY b`,
      [from, bucketMs, from, to],
    ),
  );
  const alerts = byBucket(
    db.all(`SELECT ${bucket} AS b, count(*) FROM audit WHERE at >= ? AND at < ? AND severity >= ? GROUP BY b`, [
      from,
      bucketMs,
      from,
      to,
      mediumSeverity,
    ]),
  );
  const times = new Map<number, number[]>();
  for (const [index, value] of db.all(
    `SELECT ${bucket} AS b, first_token_ms FROM access
       WHERE at >= ? AND at < ? AND first_token_ms IS NOT NULL ORDER BY b, first_token_ms`,
    [from, bucketMs, from, to],
  )) {
    const list = times.get(Number(index));
    if (list) list.push(Number(value));
    else times.set(Number(index), [Number(value)]);
  }
  return Array.from({ length: Math.ceil((to - from) / bucketMs) }, (_, index) => {
    const [, requests = 0, refused = 0, failed = 0, tokensIn = 0, tokensOut = 0] = (sums.get(index) ?? []).map(Number);
    const sorted = times.get(index);
    return {
      at: from + index * bucketMs,
      requests,
      refused,
      failed,
      tokensIn,
      tokensOut,
      ...firstTokenOf(sorted),
      alerts: Number(alerts.get(index)?.[1] ?? 0),
    };
  });
}

/** Nearest-rank percentile of sorted values. */
function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;
}

function summaries(db: Database, expression: string, from: number, to: number, top: number): UsageSummary[] {
  const rows = db.all(
    `SELECT ${expression} AS name, count(*) AS requests, sum(outcome = 'refused'), total(tokens_in),
       total(tokens_out), total(bytes_out), max(at)
     FROM access WHERE at >= ? AND at < ? AND name IS NOT NULL GROUP BY name ORDER BY requests DESC, name LIMIT ?`,
    [from, to, top],
  );
  const times = firstTokens(
    db,
    expression,
    from,
    to,
    rows.map(([name]) => String(name)),
  );
  return rows.map(([name, ...numbers]) => {
    const [requests = 0, refused = 0, tokensIn = 0, tokensOut = 0, bytesOut = 0, lastAt = 0] = numbers.map(Number);
    const sums = { name: String(name), requests, refused, tokensIn, tokensOut, bytesOut, lastAt };
    return { ...sums, ...firstTokenOf(times.get(String(name))) };
  });
}

/** Times to the first token of those listed, sorted. */
function firstTokens(
  db: Database,
  expression: string,
  from: number,
  to: number,
  names: readonly string[],
): ReadonlyMap<string, readonly number[]> {
  const times = new Map<string, number[]>(names.map((name) => [name, []]));
  const rows = db.all(
    `SELECT ${expression} AS name, first_token_ms FROM access
     WHERE at >= ? AND at < ? AND first_token_ms IS NOT NULL AND name IS NOT NULL ORDER BY first_token_ms`,
    [from, to],
  );
  for (const [name, value] of rows) times.get(String(name))?.push(Number(value));
  return times;
}

function firstTokenOf(
  sorted: readonly number[] | undefined,
): Pick<StatisticsBucket, 'firstTokenP50Ms' | 'firstTokenP95Ms'> {
  if (sorted === undefined || sorted.length === 0) return {};
  return { firstTokenP50Ms: percentile(sorted, 0.5), firstTokenP95Ms: percentile(sorted, 0.95) };
}

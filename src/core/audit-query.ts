import type { AuditKind, AuditRow, Severity } from './audit';
import type { AccessRecord, Outcome } from './request';

/** Where the next page begins. Opaque to the caller; stays valid while rows are added and removed. */
export interface PageCursor {
  readonly at: number;
  readonly seq: number;
}

/** What every search may ask for. All conditions hold together; none given: everything, newest first. */
export interface PageQuery {
  /** Epoch ms, inclusive. */
  readonly from?: number;
  /** Epoch ms, exclusive. */
  readonly to?: number;
  /** Exactly this address. */
  readonly address?: string;
  readonly keyId?: string;
  readonly requestId?: string;
  /** Found anywhere in a row's texts; letters a–z match in either case. At most 200 characters. */
  readonly text?: string;
  /** Rows per page, 1–1,000; 100 by default. */
  readonly limit?: number;
  /** `next` of the page before. */
  readonly after?: PageCursor;
}

export interface AuditQuery extends PageQuery {
  readonly kinds?: readonly AuditKind[];
  readonly severities?: readonly Severity[];
}

export interface AccessQuery extends PageQuery {
  readonly modelId?: string;
  readonly engineId?: string;
  readonly outcomes?: readonly Outcome[];
}

/**
 * One page, newest first. It may hold fewer rows than asked for, even none, while `next` is set: a search stops after
 * its time budget rather than hold up everything else; asking on with `next` continues where it stopped.
 */
export interface Page<T> {
  readonly rows: readonly T[];
  /** Undefined: there is nothing more. */
  readonly next?: PageCursor;
}

export type AuditPage = Page<AuditRow>;

/** A stored access record. */
export interface AccessRow extends AccessRecord {
  readonly seq: number;
}
export type AccessPage = Page<AccessRow>;

export interface StatisticsQuery {
  /** Epoch ms, inclusive. */
  readonly from: number;
  /** Epoch ms, exclusive. */
  readonly to: number;
  /** Width of a bar; widened where there would be more than 1,000 of them. */
  readonly bucketMs: number;
  /** Rows of each summary, 1–100; 10 by default. */
  readonly top?: number;
}

export interface StatisticsBucket {
  /** Begin of the bucket, epoch ms. */
  readonly at: number;
  readonly requests: number;
  readonly refused: number;
  /** Ended with `error` or `engine-error`. */
  readonly failed: number;
  readonly tokensIn: number;
  readonly tokensOut: number;
  /** Time to the first token; undefined when no request of the bucket had one. */
  readonly firstTokenP50Ms?: number;
  readonly firstTokenP95Ms?: number;
  /** Audit rows of severity `medium` and above. */
  readonly alerts: number;
}

/** What one key, model or address did in the whole span. */
export interface UsageSummary {
  /** Key id, canonical model id or address. */
  readonly name: string;
  readonly requests: number;
  readonly refused: number;
  readonly tokensIn: number;
  readonly tokensOut: number;
  readonly bytesOut: number;
  readonly lastAt: number;
  /** Time to the first token; undefined when no request had one. */
  readonly firstTokenP50Ms?: number;
  readonly firstTokenP95Ms?: number;
}

export interface Statistics {
  readonly bucketMs: number;
  /** Without gaps, oldest first. */
  readonly buckets: readonly StatisticsBucket[];
  readonly byKey: readonly UsageSummary[];
  readonly byModel: readonly UsageSummary[];
  readonly byAddress: readonly UsageSummary[];
}

/** What is wrong with a row: what verification looks for. */
export type ChainFault =
  /** The row's content and its hash do not belong together. */
  | 'changed'
  /** Rows are missing here. */
  | 'missing'
  /** The end is not where the last save left it. */
  | 'truncated'
  /** The signed mark of the beginning or end does not carry this installation's signature. */
  | 'anchor'
  /** An archive cannot be read or does not fit. */
  | 'archive';

/** Rows that are known to be lost, with the recovery that said so. No fault: it was recorded when it happened. */
export interface ChainGap {
  readonly from: number;
  readonly to: number;
  readonly at: number;
}

export interface VerifyResult {
  readonly ok: boolean;
  /** Rows looked at, archives included. */
  readonly rows: number;
  readonly archives: number;
  /** The first bad row: its number, what is wrong, and in which archive if it is in one. */
  readonly firstBad?: { readonly seq: number; readonly fault: ChainFault; readonly archive?: string };
  readonly gaps: readonly ChainGap[];
}

export interface ExportRequest {
  readonly what: 'audit' | 'access';
  readonly format: 'json' | 'csv';
  /** File to write: replaced if it exists, readable by the user only. */
  readonly path: string;
  readonly query?: AuditQuery & AccessQuery;
  /** Starts a CSV file with a byte order mark, without which Excel misreads Japanese. */
  readonly bom?: boolean;
}

export interface ExportResult {
  readonly path: string;
  readonly rows: number;
  readonly bytes: number;
}

/** How long rows are kept. */
export interface RetentionPolicy {
  readonly maxAgeMs: number;
  readonly maxRows: number;
  /** Archive files kept; the oldest go first. */
  readonly maxArchives: number;
}

export const defaultRetention: RetentionPolicy = {
  maxAgeMs: 7 * 24 * 60 * 60 * 1000,
  maxRows: 100_000,
  maxArchives: 60,
};

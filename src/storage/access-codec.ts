import type { AccessRow } from '../core/audit-query';
import { printable } from '../core/printable';
import type { AccessRecord, Identity } from '../core/request';
import type { SqlRow, SqlValue } from './database';
import { wholeNumber } from './sanitize';

/** Columns of the access table after `seq`. The journal holds rows in this order: add at the end, never reorder. */
export const accessColumns = [
  'at',
  'request_id',
  'address',
  'key_id',
  'key_label',
  'method',
  'route',
  'path',
  'engine_id',
  'model_id',
  'status',
  'outcome',
  'rule',
  'error_code',
  'is_stream',
  'duration_ms',
  'queue_ms',
  'first_token_ms',
  'tokens_in',
  'tokens_out',
  'bytes_in',
  'bytes_out',
  'user_agent',
  'failed_engines',
] as const;

/** What stands in `key_id` for a direct local caller without a key; no key id looks like this. */
export const localCaller = '-';

export const selectAccess = `SELECT seq, ${accessColumns.join(', ')} FROM access`;

/** A record as its column values: what the journal and the database get. */
export type AccessValues = readonly (string | number | null)[];

/** Places of what `NOT NULL` forbids to be missing, and of what the sums over keys are made from. */
export const accessIndex = { at: 0, requestId: 1, address: 2, keyId: 3, status: 10, outcome: 11 } as const;

/**
 * The record as column values, safe to store: bounded and printable, see `sanitize.ts`. Row and not object, because one
 * is written for every request: half as many characters to write, sign and read again. Costs about 0.5 µs.
 */
export function accessValues(record: AccessRecord): AccessValues {
  const { identity, failedEngines } = record;
  const isKey = identity?.type === 'key';
  return [
    wholeNumber(record.at),
    printable(record.requestId, 64),
    printable(record.address, 64),
    identity === undefined ? null : isKey ? printable(identity.keyId, 64) : localCaller,
    isKey ? printable(identity.label, 80) : null,
    printable(record.method, 16),
    textOrNull(record.route, 200),
    printable(record.path, 200),
    textOrNull(record.engineId, 80),
    textOrNull(record.modelId, 512),
    wholeNumber(record.status),
    record.outcome,
    textOrNull(record.rule, 80),
    record.errorCode ?? null,
    record.isStream === undefined ? null : Number(record.isStream),
    milliseconds(record.durationMs) ?? 0,
    milliseconds(record.queueMs),
    milliseconds(record.firstTokenMs),
    numberOrNull(record.tokensIn),
    numberOrNull(record.tokensOut),
    wholeNumber(record.bytesIn),
    wholeNumber(record.bytesOut),
    textOrNull(record.userAgent, 256),
    failedEngines === undefined ? null : JSON.stringify(failedEngines.slice(0, maxEngines).map(engineName)),
  ];
}

/** More engines than anybody has behind one model. */
const maxEngines = 8;

function engineName(id: string): string {
  return printable(id, 80);
}

function textOrNull(text: string | undefined, maxLength: number): string | null {
  return text === undefined ? null : printable(text, maxLength);
}

function numberOrNull(value: number | undefined): number | null {
  return value !== undefined && Number.isFinite(value) ? value : null;
}

/** To the microsecond: what is beyond is noise of the clock, and ten characters of every number. */
function milliseconds(value: number | undefined): number | null {
  return value !== undefined && Number.isFinite(value) ? Math.round(value * 1000) / 1000 : null;
}

const optionalColumns: readonly (readonly [keyof AccessRecord, number])[] = [
  ['engineId', 9],
  ['modelId', 10],
  ['rule', 13],
  ['errorCode', 14],
  ['queueMs', 17],
  ['firstTokenMs', 18],
  ['tokensIn', 19],
  ['tokensOut', 20],
  ['userAgent', 23],
];

/** A row as selected by {@link selectAccess}. */
export function accessRow(row: SqlRow): AccessRow {
  const optional: Record<string, unknown> = {};
  for (const [name, index] of optionalColumns) {
    if (row[index] !== null && row[index] !== undefined) optional[name] = row[index];
  }
  const identity = identityOf(row[4] ?? null, row[5] ?? null);
  if (identity !== undefined) optional['identity'] = identity;
  if (row[15] !== null && row[15] !== undefined) optional['isStream'] = row[15] === 1;
  if (typeof row[24] === 'string') optional['failedEngines'] = JSON.parse(row[24]) as unknown;
  return {
    seq: Number(row[0]),
    at: Number(row[1]),
    requestId: String(row[2]),
    address: text(row[3]),
    method: text(row[6]),
    route: row[7] === null ? undefined : text(row[7]),
    path: text(row[8]),
    status: Number(row[11]),
    outcome: row[12] as AccessRow['outcome'],
    durationMs: Number(row[16]),
    bytesIn: Number(row[21]),
    bytesOut: Number(row[22]),
    ...(optional as Partial<AccessRow>),
  };
}

function identityOf(keyId: SqlValue, label: SqlValue): Identity | undefined {
  if (keyId === null) return undefined;
  return keyId === localCaller ? { type: 'local' } : { type: 'key', keyId: text(keyId), label: text(label) };
}

function text(value: SqlValue | undefined): string {
  return typeof value === 'string' ? value : '';
}

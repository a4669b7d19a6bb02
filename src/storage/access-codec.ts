import type { AccessRow } from '../core/audit-query';
import type { AccessRecord, Identity } from '../core/request';
import type { SqlRow, SqlValue } from './database';

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
] as const;

/** What stands in `key_id` for a direct local caller without a key; no key id looks like this. */
export const localCaller = '-';

export const selectAccess = `SELECT seq, ${accessColumns.join(', ')} FROM access`;
export const insertAccess = `INSERT INTO access (${accessColumns.join(', ')}) VALUES (${accessColumns.map(() => '?').join(', ')})`;

/** The record as column values. */
export function accessValues(record: AccessRecord): SqlValue[] {
  const identity = record.identity;
  return [
    record.at,
    record.requestId,
    record.address,
    identity === undefined ? null : identity.type === 'key' ? identity.keyId : localCaller,
    identity?.type === 'key' ? identity.label : null,
    record.method,
    record.route ?? null,
    record.path,
    record.engineId ?? null,
    record.modelId ?? null,
    record.status,
    record.outcome,
    record.rule ?? null,
    record.errorCode ?? null,
    record.isStream === undefined ? null : Number(record.isStream),
    record.durationMs,
    record.queueMs ?? null,
    record.firstTokenMs ?? null,
    record.tokensIn ?? null,
    record.tokensOut ?? null,
    record.bytesIn,
    record.bytesOut,
    record.userAgent ?? null,
  ];
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

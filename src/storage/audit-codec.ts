import { hash } from 'node:crypto';
import { severities } from '../core/audit';
import type { AuditEvent, AuditRow } from '../core/audit';
import type { SqlRow, SqlValue } from './database';

/** Columns of the audit table after `seq` and before `hash`, in the order in which they are hashed: never reorder. */
export const auditColumns = [
  'at',
  'kind',
  'severity',
  'request_id',
  'address',
  'key_id',
  'route',
  'engine_id',
  'model_id',
  'status',
  'latency_ms',
  'rule',
  'error_code',
  'evidence',
  'observed',
  'details',
] as const;

export const selectAudit = `SELECT seq, ${auditColumns.join(', ')}, hash FROM audit`;
export const hashIndex = auditColumns.length + 1;

/** Hash "before" the very first row. */
export const genesisHash: Uint8Array = new Uint8Array(32);

/** The event as column values. */
export function auditValues(event: AuditEvent): SqlValue[] {
  return [
    event.at,
    event.kind,
    severities.indexOf(event.severity),
    event.requestId ?? null,
    event.address ?? null,
    event.keyId ?? null,
    event.route ?? null,
    event.engineId ?? null,
    event.modelId ?? null,
    event.status ?? null,
    event.latencyMs ?? null,
    event.rule ?? null,
    event.errorCode ?? null,
    event.evidence ?? null,
    event.observedOnly === true ? 1 : null,
    event.details === undefined ? null : JSON.stringify(event.details),
  ];
}

/**
 * SHA-256 over the previous hash (hex), a newline and the canonical JSON of the row: the array of its sequence number
 * and its column values in table order. An array, because its order needs no rule.
 */
export function rowHash(previous: Uint8Array, seq: number, values: readonly SqlValue[]): Uint8Array {
  return hash('sha256', `${toHex(previous)}\n${JSON.stringify([seq, ...values])}`, 'buffer');
}

/** A row as selected by {@link selectAudit}. */
export function auditRow(row: SqlRow): AuditRow {
  const optional: Record<string, unknown> = {};
  const set = (name: keyof AuditEvent, value: SqlValue | undefined) => {
    if (value !== null && value !== undefined) optional[name] = value;
  };
  set('requestId', row[4]);
  set('address', row[5]);
  set('keyId', row[6]);
  set('route', row[7]);
  set('engineId', row[8]);
  set('modelId', row[9]);
  set('status', row[10]);
  set('latencyMs', row[11]);
  set('rule', row[12]);
  set('errorCode', row[13]);
  set('evidence', row[14]);
  if (row[15] === 1) optional['observedOnly'] = true;
  if (typeof row[16] === 'string') optional['details'] = JSON.parse(row[16]) as unknown;
  return {
    seq: Number(row[0]),
    at: Number(row[1]),
    kind: row[2] as AuditRow['kind'],
    severity: severities[Number(row[3])] ?? 'info',
    ...(optional as Partial<AuditEvent>),
    hash: toHex(row[hashIndex] as Uint8Array),
  };
}

export function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
}

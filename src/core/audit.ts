import type { ErrorCode } from './errors';
import type { AccessRecord } from './request';

export const severities = ['info', 'low', 'medium', 'high', 'critical'] as const;
export type Severity = (typeof severities)[number];

/** What the audit log tells of. The first part groups, the second says what happened. */
export const auditKinds = [
  'auth.success',
  'auth.failure',
  'auth.decoy',
  'block.added',
  'block.changed',
  'block.removed',
  'block.expired',
  'detection.intrusion',
  'detection.anomaly',
  'detection.honeypot',
  'detection.malformed',
  'detection.tunnel',
  'throttle.rate',
  'throttle.resource',
  'throttle.released',
  'key.created',
  'key.changed',
  'key.rotated',
  'key.revoked',
  'share.created',
  'share.changed',
  'share.ended',
  'policy.changed',
  'config.changed',
  'exposure.changed',
  'certificate.issued',
  'certificate.expiring',
  'certificate.failed',
  'certificate.revoked',
  'checkup.finding',
  'gateway.started',
  'gateway.stopped',
  'storage.recovered',
  'storage.failed',
  'storage.retention',
] as const;
export type AuditKind = (typeof auditKinds)[number];

/** One row of the audit log, before it is numbered and chained. Holds no prompt, no completion, no secret. */
export interface AuditEvent {
  readonly kind: AuditKind;
  readonly severity: Severity;
  /** Epoch ms. */
  readonly at: number;
  readonly requestId?: string;
  readonly address?: string;
  readonly keyId?: string;
  readonly route?: string;
  readonly engineId?: string;
  readonly modelId?: string;
  readonly status?: number;
  readonly latencyMs?: number;
  readonly rule?: string;
  readonly errorCode?: ErrorCode;
  /** What was seen: control characters escaped, at most 500 characters. */
  readonly evidence?: string;
  /** In observe mode: what would have been done. */
  readonly observedOnly?: boolean;
  /** Further small facts, e.g. old and new value of a change. At most 2 kB as JSON. */
  readonly details?: Readonly<Record<string, string | number | boolean | null>>;
}

/** A stored row. */
export interface AuditRow extends AuditEvent {
  /** Grows by one per row, never reused, also across retention. */
  readonly seq: number;
  /** SHA-256 over the previous row's hash and this row's canonical JSON, hex. */
  readonly hash: string;
}

/**
 * Takes what must not be lost. Both calls return at once and cost microseconds: the row is queued, written to the
 * journal within the batch interval, then stored. They never throw; a failing disk is reported through the storage
 * state and the request goes on.
 */
export interface AuditLog {
  record(event: AuditEvent): void;
  recordAccess(record: AccessRecord): void;
}

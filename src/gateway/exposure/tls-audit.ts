import type { AuditKind, Severity } from '../../core/audit';
import { reasonText } from '../../core/reason';
import type { TlsEvent } from '../../core/tls';

type RecordEvent = (kind: AuditKind, details: Readonly<Record<string, string>>, severity: Severity) => void;

const rows: Readonly<Record<TlsEvent['kind'], readonly [AuditKind, Severity]>> = {
  issued: ['certificate.issued', 'info'],
  'expires-soon': ['certificate.expiring', 'medium'],
  failed: ['certificate.failed', 'medium'],
  revoked: ['certificate.revoked', 'medium'],
};

/** Longer lists of names are cut: a row holds 2 kB. */
const maxLength = 600;

/** Writes what happens to certificates into the audit log. */
export function recordTlsEvents(record: RecordEvent): (event: TlsEvent) => void {
  return ({ kind, reason, certificate }) => {
    const [auditKind, severity] = rows[kind];
    const inUse = certificate === undefined ? {} : { fingerprint: certificate.fingerprint };
    record(auditKind, { what: reasonText(reason).slice(0, maxLength), ...inUse }, severity);
  };
}

import type { AccessPage, AccessQuery, AuditPage, AuditQuery } from '../../core/audit-query';

/** Where stored records come from: pages newest first, as the storage answers them. */
export interface RecordSource {
  queryAccess(query: AccessQuery): Promise<AccessPage>;
  queryAudit(query: AuditQuery): Promise<AuditPage>;
}

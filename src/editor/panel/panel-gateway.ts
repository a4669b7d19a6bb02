import type { AuditEvent } from '../../core/audit';
import type { Event } from '../../core/emitter';
import type { ExportRequest, ExportResult } from '../../core/audit-query';
import type { PanelGatewayRequestName, PanelGatewayRequests } from '../../protocol/panel-messages';
import type { SecurityRequests } from '../../protocol/security-rpc';
import type { GatewayStatus } from '../gateway-port';

/** What the panel needs besides what its page may ask for. */
interface HostOnlyRequests {
  'audit/export': { params: ExportRequest; result: ExportResult };
  'blocks/import': SecurityRequests['blocks/import'];
  'blocks/export': SecurityRequests['blocks/export'];
}
type Requests = PanelGatewayRequests & HostOnlyRequests;
export type PanelHostRequestName = PanelGatewayRequestName | keyof HostOnlyRequests;

/** The gateway as the panel sees it. */
export interface PanelGateway {
  readonly status: GatewayStatus;
  readonly onDidChangeStatus: Event<GatewayStatus>;
  /** Things people may want to know, as they are recorded. */
  readonly onDidSecurityEvent: Event<AuditEvent>;
  /** Connects if nothing has yet. Returns at once. */
  start(): void;
  /** Rejects with FlmError; code `not_found` for a request that this gateway does not know. */
  request<N extends PanelHostRequestName>(name: N, params: Requests[N]['params']): Promise<Requests[N]['result']>;
}

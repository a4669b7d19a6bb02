import type { Catalog } from '../core/catalog';
import type { Clock } from '../core/clock';
import type { FlmConfig } from '../core/config-schema';
import type { Disposable } from '../core/disposable';
import type { EngineLoads } from '../core/engine-load';
import type { Logger } from '../core/logger';
import type { Gate } from '../core/request';
import type { EngineKeys, UpstreamHealth } from '../core/upstream';
import type { IncomingHttpHeaders } from 'node:http';
import type { GatewayGauges } from './metrics/metrics-answer';
import type { ProxyMetrics } from './metrics/proxy-metrics';

/**
 * Who is asking, from the socket's peer and the request's headers. The default answers the socket's peer; a service
 * that knows trusted proxies replaces it. Synchronous, microseconds, never throws.
 */
export type ClientAddress = (socketAddress: string, headers: IncomingHttpHeaders) => string;

/** What the proxy is built from. */
export interface ProxyDeps {
  readonly config: FlmConfig;
  readonly catalog: Catalog;
  readonly gate: Gate;
  readonly keys: EngineKeys;
  readonly health: UpstreamHealth;
  /** How busy engines say they are. Without it only FLM's own requests count. */
  readonly loads?: EngineLoads;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Value of the gateway header. */
  readonly version: string;
  /** Counts on while proxies come and go; without it each counts for itself. */
  readonly metrics?: ProxyMetrics;
  /** What `/metrics` tells besides. */
  readonly gauges?: () => GatewayGauges;
  readonly clientAddress?: ClientAddress;
  /** Told before an address beyond loopback opens; disposed once it is closed and its last connection is gone. */
  readonly listens?: () => Disposable;
}

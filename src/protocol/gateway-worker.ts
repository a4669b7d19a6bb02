import type { LogLevel } from '../core/logger';
import type { GatewayNotifications } from './gateway-rpc';

/** What the window hands to the worker it starts (`workerData`). */
export interface GatewayWorkerData {
  /** Holds lease, desired state and storage. Created when missing. */
  readonly dataDir: string;
  readonly version: string;
  /** Raw `flm.*` settings, so that the first scan and an automatic start already obey them. */
  readonly settings?: unknown;
  /** Nonce of a lease whose owner accepts connections but has stopped answering: may be replaced though it looks alive. */
  readonly replaceNonce?: string;
}

/** Worker → window. */
export type GatewayWorkerMessage =
  /** Holds the lease and serves its pipe. */
  | { readonly type: 'ready' }
  /** Another gateway holds the lease; the worker ends by itself. */
  | { readonly type: 'taken' }
  /** Could not start; the worker ends by itself. */
  | { readonly type: 'failed'; readonly message: string }
  /** Stopped in order; the worker ends by itself. */
  | { readonly type: 'closed'; readonly cause: GatewayNotifications['gateway/closing']['cause'] }
  | { readonly type: 'log'; readonly level: LogLevel; readonly message: string }
  | { readonly type: 'pong' };

/** Window → worker. */
export type GatewayWorkerCommand =
  /** Stop in order: streams end with an error event, lease and port are freed. Answered with `closed`. */
  | { readonly type: 'stop' }
  /** Answered with `pong`, at once unless the worker hangs. */
  | { readonly type: 'ping' };

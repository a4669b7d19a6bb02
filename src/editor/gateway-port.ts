import type { Event } from '../core/emitter';
import type { Reason } from '../core/reason';
import type { GatewayRequestName, GatewayRequests, GatewayState } from '../protocol/gateway-rpc';
import type { SecurityNews } from '../protocol/security-rpc';

/**
 * How this window stands with the gateway.
 *
 * - `idle`: nothing asked for it yet
 * - `connecting`: starting it, joining that of another window, or taking over
 * - `connected`: `state` is live
 * - `incompatible`: another window runs a newer FLM; this one must be reloaded
 * - `failed`: it could not be started or reached, `reason` says why
 */
export type GatewayPhase = 'idle' | 'connecting' | 'connected' | 'incompatible' | 'failed';

/** What everything in the editor is a function of. A value: replaced on change, never changed. */
export interface GatewayStatus {
  readonly phase: GatewayPhase;
  /** Last known; stays while reconnecting, so that the view keeps its rows. */
  readonly state?: GatewayState;
  readonly reason?: Reason;
}

export interface Gateway {
  readonly status: GatewayStatus;
  readonly onDidChangeStatus: Event<GatewayStatus>;
  /** What a person may want to be interrupted for, as it happens. Nothing is repeated after a reconnection. */
  readonly onDidSecurityEvent: Event<SecurityNews>;
  /** Connects if nothing has yet. Returns at once; `status` tells how it goes. */
  start(): void;
  /**
   * Asks the gateway, connecting first when needed. Rejects with FlmError: its code is the gateway's own, or
   * `version_mismatch` / `internal_error` when there is no connection to be had.
   */
  request<N extends GatewayRequestName>(
    name: N,
    params: GatewayRequests[N]['params'],
  ): Promise<GatewayRequests[N]['result']>;
}

/**
 * A connection to the gateway, of this window or another, that takes care of itself: it restarts and takes over. What
 * `interest/set` said last is repeated to every gateway that follows.
 */
export interface GatewayPort extends Gateway {
  /** Ends the connection and, if this window owns it, the gateway. Never rejects. */
  close(): Promise<void>;
}

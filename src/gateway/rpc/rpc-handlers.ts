import type { GatewayRequestName, GatewayRequests, GatewayState } from '../../protocol/gateway-rpc';

/** One window, as handlers see it. */
export interface RpcPeer {
  /** Unique among the connections of this gateway. */
  readonly id: number;
}

/** Requests that the connection itself answers, because they come before or instead of a greeting. */
type ConnectionRequest = 'hello' | 'yield';

/** What answers the requests of windows that proved their token. Parameters are already checked. */
export type RpcHandlers = {
  readonly [N in Exclude<GatewayRequestName, ConnectionRequest>]: (
    params: GatewayRequests[N]['params'],
    peer: RpcPeer,
  ) => GatewayRequests[N]['result'] | Promise<GatewayRequests[N]['result']>;
};

/** The gateway as the RPC server needs it. */
export interface RpcService {
  readonly handlers: RpcHandlers;
  state(): GatewayState;
  /** A window said hello: takes its settings and keys. */
  greeted(peer: RpcPeer, hello: GatewayRequests['hello']['params']): Promise<void> | void;
  /** A greeted window has gone. */
  left(peer: RpcPeer): void;
  /** A newer window wants the place. Returns at once; the gateway ends soon after. */
  yieldTo(version: string): void;
}

import type { GatewayRequestName, GatewayRequests } from '../../../src/protocol/gateway-rpc';
import type { Gateway, GatewayStatus } from '../../../src/editor/gateway-port';
import { Emitter } from '../../../src/core/emitter';
import type { SecurityNews } from '../../../src/protocol/security-rpc';
import { connected } from './editor-facts';

type Handlers = {
  [N in GatewayRequestName]?: (
    params: GatewayRequests[N]['params'],
  ) => GatewayRequests[N]['result'] | Promise<GatewayRequests[N]['result']>;
};

/** A gateway that answers what the test says and remembers what it was asked. */
export class FakeGateway implements Gateway {
  readonly #changed = new Emitter<GatewayStatus>();
  readonly onDidChangeStatus = this.#changed.event;
  readonly securityEvents = new Emitter<SecurityNews>();
  readonly onDidSecurityEvent = this.securityEvents.event;
  readonly asked: { readonly name: GatewayRequestName; readonly params: unknown }[] = [];
  readonly #handlers: Handlers;
  status: GatewayStatus = connected();

  constructor(handlers: Handlers = {}) {
    this.#handlers = handlers;
  }

  start(): void {
    return undefined;
  }

  setStatus(status: GatewayStatus): void {
    this.status = status;
    this.#changed.fire(status);
  }

  async request<N extends GatewayRequestName>(
    name: N,
    params: GatewayRequests[N]['params'],
  ): Promise<GatewayRequests[N]['result']> {
    this.asked.push({ name, params });
    const handler = this.#handlers[name];
    if (handler === undefined) throw new Error(`nobody answers ${name}`);
    return handler(params);
  }
}

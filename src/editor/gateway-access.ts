import { DisposableStore, type Disposable } from '../core/disposable';
import { Emitter } from '../core/emitter';
import { FlmError } from '../core/errors';
import type { GatewayRequestName, GatewayRequests } from '../protocol/gateway-rpc';
import type { SecurityNews } from '../protocol/security-rpc';
import type { Gateway, GatewayPort, GatewayStatus } from './gateway-port';

const idle: GatewayStatus = { phase: 'idle' };

/**
 * The gateway as the editor sees it: nothing at all until something asks for it. A window that nobody looks at and that
 * proxies nothing starts no worker.
 */
export class GatewayAccess implements Gateway, Disposable {
  readonly #open: () => GatewayPort;
  readonly #changed: Emitter<GatewayStatus>;
  readonly onDidChangeStatus: Gateway['onDidChangeStatus'];
  readonly #securityEvents: Emitter<SecurityNews>;
  readonly onDidSecurityEvent: Gateway['onDidSecurityEvent'];
  readonly #subscriptions = new DisposableStore();
  #port: GatewayPort | undefined;
  #isDisposed = false;

  constructor(open: () => GatewayPort, onError: (error: unknown) => void) {
    this.#open = open;
    this.#changed = new Emitter<GatewayStatus>(onError);
    this.onDidChangeStatus = this.#changed.event;
    this.#securityEvents = new Emitter<SecurityNews>(onError);
    this.onDidSecurityEvent = this.#securityEvents.event;
  }

  get status(): GatewayStatus {
    return this.#port?.status ?? idle;
  }

  start(): void {
    if (this.#port !== undefined || this.#isDisposed) return;
    this.#port = this.#open();
    this.#subscriptions.add(this.#port.onDidChangeStatus((status) => this.#changed.fire(status)));
    this.#subscriptions.add(this.#port.onDidSecurityEvent((event) => this.#securityEvents.fire(event)));
    this.#port.start();
    this.#changed.fire(this.#port.status);
  }

  async request<N extends GatewayRequestName>(
    name: N,
    params: GatewayRequests[N]['params'],
  ): Promise<GatewayRequests[N]['result']> {
    this.start();
    if (this.#port === undefined) throw new FlmError('gateway_stopping', 'This window is closing');
    return this.#port.request(name, params);
  }

  /** Resolves when the gateway, if it is this window's, has let go of port and lease. */
  async close(): Promise<void> {
    this.#isDisposed = true;
    this.#subscriptions.dispose();
    this.#changed.dispose();
    this.#securityEvents.dispose();
    await this.#port?.close();
  }

  dispose(): void {
    void this.close();
  }
}

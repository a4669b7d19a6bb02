import type { Disposable } from '../../core/disposable';
import { Emitter, type Event } from '../../core/emitter';
import { FlmError } from '../../core/errors';
import type { Reason } from '../../core/reason';
import type { GatewayState } from '../../protocol/gateway-rpc';
import type { GatewayStatus } from '../gateway-port';

/** How this window stands with the gateway, and who wants to know. */
export class StatusHolder implements Disposable {
  readonly #changes: Emitter<GatewayStatus>;
  readonly onDidChange: Event<GatewayStatus>;
  #status: GatewayStatus = { phase: 'idle' };

  constructor(onError: (error: unknown) => void) {
    this.#changes = new Emitter(onError);
    this.onDidChange = this.#changes.event;
  }

  get status(): GatewayStatus {
    return this.#status;
  }

  /** Keeps the last state, so that views keep their rows while reconnecting. An equal status is no change. */
  set(next: { phase: GatewayStatus['phase']; state?: GatewayState; reason?: Reason }): void {
    const before = this.#status;
    const state = next.state ?? before.state;
    const isSame = next.phase === before.phase && state === before.state && isSameReason(next.reason, before.reason);
    if (isSame) return;
    this.#status = { ...next, ...(state === undefined ? {} : { state }) };
    this.#changes.fire(this.#status);
  }

  update(change: (state: GatewayState) => GatewayState): void {
    const { state } = this.#status;
    if (state !== undefined) this.set({ ...this.#status, state: change(state) });
  }

  /** Those who wait are to look again, although nothing changed. */
  repeat(): void {
    this.#changes.fire(this.#status);
  }

  /** Why there is no connection to be had. */
  refusal(): FlmError | undefined {
    const { phase } = this.#status;
    if (phase === 'incompatible') return new FlmError('version_mismatch', 'Another window runs a newer FLM.');
    return phase === 'failed' ? new FlmError('internal_error', 'The gateway could not be started.') : undefined;
  }

  dispose(): void {
    this.#changes.dispose();
  }
}

function isSameReason(a: Reason | undefined, b: Reason | undefined): boolean {
  return a === b || (a !== undefined && b !== undefined && JSON.stringify(a) === JSON.stringify(b));
}

import { Emitter } from '../core/emitter';
import type { CertificateKeeper, TlsMaterial, TlsPolicy, TlsState } from '../core/tls';
import type { KeeperDeps } from './keeper-deps';

/** Keeps a certificate ready and current, whatever its source. */
export class Keeper implements CertificateKeeper {
  readonly #changed = new Emitter<void>();
  #state: TlsState = { mode: 'off', phase: 'off' };

  constructor(readonly deps: KeeperDeps) {}

  get state(): TlsState {
    return this.#state;
  }

  material(): TlsMaterial | undefined {
    return undefined;
  }

  onDidChange(listener: () => void): { dispose(): void } {
    return this.#changed.event(listener);
  }

  async start(policy: TlsPolicy, names: readonly string[]): Promise<void> {
    await this.configure(policy, names);
  }

  configure(policy: TlsPolicy, _names: readonly string[]): Promise<void> {
    this.#state = { mode: policy.mode, phase: policy.mode === 'off' ? 'off' : 'preparing' };
    this.#changed.fire();
    return Promise.resolve();
  }

  renew(): Promise<void> {
    return Promise.resolve();
  }

  stop(): Promise<void> {
    this.#changed.dispose();
    return Promise.resolve();
  }
}

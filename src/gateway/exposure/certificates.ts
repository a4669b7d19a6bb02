import { Emitter, type Event } from '../../core/emitter';
import { FlmError, messageOf } from '../../core/errors';
import type { Logger } from '../../core/logger';
import { reason } from '../../core/reason';
import type { CertificateKeeper, TlsMaterial, TlsPolicy, TlsState } from '../../core/tls';
import type { SharingRequests } from '../../protocol/sharing-rpc';

/** Brings the TLS bundle in and makes its keeper. Called once, and only when a certificate is wanted. */
export type LoadTls = () => Promise<CertificateKeeper>;

/** The certificate keeper once it is needed; until then nothing of the TLS bundle is loaded. Nothing here rejects but `revoke` and `ca`. */
export class Certificates {
  readonly #load: LoadTls;
  readonly #logger: Logger;
  readonly #changes = new Emitter<void>();
  #keeper: CertificateKeeper | undefined;
  #state: TlsState = { mode: 'off', phase: 'off' };
  #wanted: { readonly policy: TlsPolicy; readonly names: readonly string[] } = { policy: { mode: 'off' }, names: [] };
  #isLoading = false;
  #isStopped = false;

  constructor(load: LoadTls, logger: Logger) {
    this.#load = load;
    this.#logger = logger;
  }

  /** State or material is another. */
  get onDidChange(): Event<void> {
    return this.#changes.event;
  }

  get state(): TlsState {
    return this.#keeper?.state ?? this.#state;
  }

  material(): TlsMaterial | undefined {
    return this.#keeper?.material();
  }

  /** Takes policy and names to be in the certificate; equal ones are no change. Returns at once. */
  configure(policy: TlsPolicy, names: readonly string[]): void {
    const wanted = { policy, names };
    if (this.#isStopped || JSON.stringify(wanted) === JSON.stringify(this.#wanted)) return;
    this.#wanted = wanted;
    const keeper = this.#keeper;
    if (keeper !== undefined) this.#run(() => keeper.configure(policy, names));
    else {
      this.#setState({ mode: policy.mode, phase: policy.mode === 'off' ? 'off' : 'preparing' });
      if (policy.mode !== 'off' && !this.#isLoading) this.#run(() => this.#begin());
    }
  }

  /** A new certificate, or the files read again. */
  async renew(): Promise<TlsState> {
    await this.#keeper?.renew();
    return this.state;
  }

  /** Throws `invalid_request` where no CA but this machine's own could be told, so that nothing would be revoked. */
  async revoke(): Promise<TlsState> {
    if (this.state.mode !== 'acme') {
      throw new FlmError('invalid_request', 'Only a certificate from an ACME server can be revoked.');
    }
    await this.#keeper?.revoke();
    return this.state;
  }

  /** Throws `not_found` before there is a local CA. */
  ca(): SharingRequests['tls/ca']['result'] {
    const pem = this.#keeper?.caCertificate();
    const file = this.state.caFile;
    if (pem !== undefined && file !== undefined) return { pem, file };
    throw new FlmError('not_found', 'There is no local CA yet: it is made with the first self-signed certificate.');
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#keeper?.stop().catch((error: unknown) => this.#failed(error));
    this.#changes.dispose();
  }

  async #begin(): Promise<void> {
    this.#isLoading = true;
    try {
      this.#keeper = await this.#load();
    } catch (error) {
      this.#setState({
        mode: this.#wanted.policy.mode,
        phase: 'failed',
        notice: reason('tls.notLoaded', messageOf(error)),
      });
      throw error;
    } finally {
      this.#isLoading = false;
    }
    if (this.#isStopped) return;
    this.#keeper.onDidChange(() => this.#changes.fire());
    const { policy, names } = this.#wanted; // which may be others by now
    await this.#keeper.start(policy, names);
  }

  #setState(state: TlsState): void {
    this.#state = state;
    this.#changes.fire();
  }

  #run(operation: () => Promise<void>): void {
    operation().catch((error: unknown) => this.#failed(error));
  }

  #failed(error: unknown): void {
    this.#logger.error('The certificate keeper failed.', { error });
  }
}

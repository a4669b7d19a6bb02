import { join } from 'node:path';
import { Emitter } from '../core/emitter';
import { reason } from '../core/reason';
import type { CertificateKeeper, TlsEvent, TlsMaterial, TlsPolicy, TlsState } from '../core/tls';
import { AcmeSource } from './acme/acme-source';
import { errorMessage } from './error-message';
import { FilesSource } from './files/files-source';
import type { KeeperDeps } from './keeper-deps';
import { PrivateFolder } from './private-folder';
import { machineHostNames } from './self-signed/host-names';
import { SelfSignedSource } from './self-signed/self-signed-source';
import type { CertificateSource, Holding, SourceHost, SourceState } from './source';

/** Keeps a certificate ready and current: chooses the source that the policy names and passes on what it says. */
export class Keeper implements CertificateKeeper {
  readonly #deps: KeeperDeps;
  readonly #changed: Emitter<void>;
  #source: CertificateSource | undefined;
  #policy: TlsPolicy = { mode: 'off' };
  #names: readonly string[] = [];
  #state: SourceState = { phase: 'off' };
  #holding: Holding = {};
  #tail: Promise<void> = Promise.resolve();
  #isStopped = false;

  constructor(deps: KeeperDeps) {
    this.#deps = deps;
    this.#changed = new Emitter((error) => deps.logger.error('A listener of the certificate failed', { error }));
  }

  get state(): TlsState {
    return { mode: this.#policy.mode, ...this.#state };
  }

  material(): TlsMaterial | undefined {
    return this.#holding.material;
  }

  caCertificate(): string | undefined {
    return this.#holding.caCertificate;
  }

  onDidChange(listener: () => void): { dispose(): void } {
    return this.#changed.event(listener);
  }

  start(policy: TlsPolicy, names: readonly string[]): Promise<void> {
    return this.configure(policy, names);
  }

  configure(policy: TlsPolicy, names: readonly string[]): Promise<void> {
    this.#names = names;
    const isSame = isSamePolicy(policy, this.#policy);
    // Another policy ends at once what the earlier one was waiting for, an ACME server perhaps.
    const ended = isSame ? undefined : this.#source?.stop();
    if (!isSame) {
      this.#policy = policy;
      this.#source = undefined;
      this.#publish({ phase: policy.mode === 'off' ? 'off' : 'preparing' });
    }
    return this.#inOrder(async () => {
      await ended;
      if (this.#isStopped || !isSamePolicy(policy, this.#policy)) return; // Overtaken by a later call.
      if (this.#source === undefined) {
        this.#source = this.#createSource(policy);
        await this.#source?.start();
      } else await this.#source.setNames(this.#names);
    });
  }

  renew(): Promise<void> {
    return this.#inOrder(async () => this.#source?.renew());
  }

  revoke(): Promise<void> {
    return this.#inOrder(async () => this.#source?.revoke());
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#source?.stop();
    await this.#tail;
    this.#changed.dispose();
  }

  #inOrder(task: () => Promise<void>): Promise<void> {
    this.#tail = this.#tail.then(async () => {
      if (this.#isStopped) return;
      try {
        await task();
      } catch (error) {
        this.#deps.logger.error('The certificate keeper failed', { error });
        this.#publish({ phase: 'failed', notice: reason('tls.failed', errorMessage(error)) });
      }
    });
    return this.#tail;
  }

  #createSource(policy: TlsPolicy): CertificateSource | undefined {
    const { clock, logger } = this.#deps;
    const random = this.#deps.random ?? Math.random;
    const folder = new PrivateFolder(join(this.#deps.folder, 'tls'), this.#deps.writeFile);
    const makers: Record<TlsPolicy['mode'], (host: SourceHost) => CertificateSource | undefined> = {
      off: () => undefined,
      'self-signed': (host) => {
        const hostNames = this.#deps.hostNames ?? machineHostNames;
        return new SelfSignedSource({ folder, clock, logger, random, hostNames }, host, this.#names);
      },
      files: (host) => new FilesSource({ clock, logger }, host, policy.certFile ?? '', policy.keyFile ?? ''),
      acme: (host) => {
        const { challengeHost } = this.#deps;
        return new AcmeSource({ folder, clock, logger, random, challengeHost }, host, policy);
      },
    };
    // Whatever a source says after another took its place is not heard.
    const isCurrent = (): boolean => !this.#isStopped && this.#source === source;
    const host: SourceHost = {
      publish: (state, holding) => {
        if (isCurrent()) this.#publish(state, holding);
      },
      event: (event) => {
        if (isCurrent()) this.#tell(event);
      },
    };
    const source = makers[policy.mode](host);
    return source;
  }

  #tell(event: TlsEvent): void {
    try {
      this.#deps.onEvent?.(event);
    } catch (error) {
      this.#deps.logger.error('An event of the certificate was not taken', { error });
    }
  }

  #publish(state: SourceState, holding: Holding = {}): void {
    this.#state = state;
    this.#holding = holding;
    this.#changed.fire();
  }
}

const fields = [
  'mode',
  'certFile',
  'keyFile',
  'acme_domain',
  'acme_email',
  'acme_terms',
  'acme_directory',
  'acme_caFile',
  'acme_httpPort',
  'acme_dnsHook',
] as const satisfies readonly (keyof TlsPolicy)[];

/** Whether a source would do the same with both. */
function isSamePolicy(one: TlsPolicy, other: TlsPolicy): boolean {
  return fields.every((field) => one[field] === other[field]);
}

import type { Clock, Timer } from '../../core/clock';
import { checkCertificateName } from '../../core/domain-name';
import { DisposableStore } from '../../core/disposable';
import { Emitter, type Event } from '../../core/emitter';
import type { Endpoint, MachineAddress } from '../../core/exposure';
import type { Logger } from '../../core/logger';
import { reason, reasonText, type Reason } from '../../core/reason';
import type { TlsPolicy } from '../../core/tls';
import type { ExposureState } from '../../protocol/sharing-rpc';
import { closedPlan, type ExposurePlan } from '../../proxy/listeners/exposure-plan';
import { secureServerOptions } from '../../tls/secure-context';
import type { Exposed, ProxyController } from '../proxy/proxy-controller';
import type { Certificates } from './certificates';
import { listEndpoints } from './endpoints';
import { decideExposure, type DecisionFacts, type ExposureDecision } from './exposure-decision';
import type { ExposureCause, ExposureKeeper } from './exposure-keeper';
import type { ExposureWish } from './exposure-wish';
import type { HostNames } from './host-names';
import { listenAddress, resolveEntries } from './machine-addresses';

/** While something is to be open, this machine's addresses are looked at so often. Costs a tenth of a millisecond. */
export const lookMs = 5_000;
/** An address that could not be opened is tried again with every so manieth look. */
const retryLooks = 6;

export interface ExposureServiceDeps {
  readonly keeper: ExposureKeeper;
  readonly certificates: Certificates;
  readonly proxy: Pick<ProxyController, 'expose' | 'exposed' | 'onDidChangeExposed' | 'state'>;
  /** Whether somebody outside could come in, and nobody without a key. */
  readonly guard: () => DecisionFacts['guard'];
  readonly tlsPolicy: () => TlsPolicy;
  readonly readAddresses: () => readonly MachineAddress[];
  readonly hostNames: HostNames;
  /** A row of the audit log. */
  readonly record: (details: Readonly<Record<string, string>>) => void;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Opens the proxy beyond this machine as far as it is wished and safe, and follows every change of wishes, keys, policy,
 * certificate and addresses. Narrower always comes first and at once.
 */
export class ExposureService {
  readonly #deps: ExposureServiceDeps;
  readonly #changes = new Emitter<void>();
  readonly #store = new DisposableStore();
  #machine: readonly MachineAddress[] = [];
  #wish: ExposureWish = { scope: 'machine', entries: [], because: [] };
  #decision: ExposureDecision = { scope: 'machine', addresses: [], isTls: false };
  #exposed: Exposed = { addresses: [], failures: [] };
  #plan: ExposurePlan = closedPlan;
  #cause: ExposureCause = 'start';
  #applying: Promise<unknown> = Promise.resolve();
  #look: Timer | undefined;
  #looks = 0;
  #isStarted = false;
  #isDeciding = false;

  constructor(deps: ExposureServiceDeps) {
    this.#deps = deps;
  }

  get onDidChange(): Event<void> {
    return this.#changes.event;
  }

  /** Begins to follow. Keys, policy and what was confirmed have to be known. */
  start(): void {
    const { keeper, certificates, proxy } = this.#deps;
    this.#isStarted = true;
    this.#store.add(keeper.onDidChange((cause) => this.update(cause)));
    this.#store.add(certificates.onDidChange(() => this.#certificateChanged()));
    this.#store.add(proxy.onDidChangeExposed((exposed) => this.#exposedChanged(exposed)));
    this.update('start');
  }

  /** Decides anew. `cause`: whose doing it is, for the audit log. Before the start it does nothing. */
  update(cause: ExposureCause): void {
    if (!this.#isStarted || this.#store.isDisposed) return;
    const { keeper, certificates, guard, tlsPolicy } = this.#deps;
    this.#machine = this.#deps.readAddresses();
    this.#wish = keeper.wish(this.#machine);
    const policy = tlsPolicy();
    this.#isDeciding = true; // what the certificates say to this is read right below
    certificates.configure(policy, this.#certificateNames());
    this.#isDeciding = false;
    const before = this.#decision.notice;
    this.#decision = decideExposure({
      wish: this.#wish,
      guard: guard(),
      tlsPolicy: policy,
      tls: certificates.state,
      machine: this.#machine,
    });
    this.#tell(before);
    this.#followAddresses();
    this.#apply(cause);
    this.#changes.fire();
  }

  /** Resolves when what was decided so far has happened. */
  async settled(): Promise<void> {
    await this.#applying;
  }

  state(): ExposureState {
    const { because, until, unconfirmed } = this.#wish;
    const notice = this.#decision.notice ?? this.#failureNotice();
    return {
      scope: this.#decision.scope,
      addresses: this.#exposed.addresses,
      because,
      ...(unconfirmed === undefined ? {} : { unconfirmed }),
      ...(until === undefined ? {} : { until }),
      ...(notice === undefined ? {} : { notice }),
    };
  }

  endpoints(): readonly Endpoint[] {
    return listEndpoints({
      port: this.#deps.proxy.state.port,
      exposed: this.#exposed.addresses,
      isTls: this.#decision.isTls,
      machine: this.#machine,
      hostNames: this.#deps.hostNames.told,
      domains: this.#domains(),
    });
  }

  dispose(): void {
    this.#store.dispose();
    this.#look?.cancel();
    this.#changes.dispose();
  }

  #certificateChanged(): void {
    if (!this.#isDeciding) this.update('certificate');
  }

  #apply(cause: ExposureCause): void {
    const plan = this.#planned();
    if (JSON.stringify(plan) === JSON.stringify(this.#plan)) return;
    this.#plan = plan;
    this.#cause = cause;
    this.#expose();
  }

  #expose(): void {
    this.#applying = this.#deps.proxy.expose(this.#plan);
  }

  #planned(): ExposurePlan {
    const { addresses, isTls } = this.#decision;
    const material = isTls ? this.#deps.certificates.material() : undefined;
    // A certificate that vanished between two looks must not turn into plain HTTP
    if (addresses.length === 0 || (isTls && material === undefined)) return closedPlan;
    const domains = this.#domains();
    return {
      addresses: addresses.map((address) => listenAddress(address)),
      ...(material === undefined ? {} : { tls: secureServerOptions(material) }),
      names: [...new Set([...this.#deps.hostNames.accepted, ...domains])],
      strictNames: domains,
    };
  }

  /** Public names that the certificate is for. */
  #domains(): readonly string[] {
    const { mode, acme_domain: ordered } = this.#deps.tlsPolicy();
    if (mode !== 'acme' && mode !== 'files') return [];
    const names = this.#deps.certificates.state.certificate?.names ?? [];
    const all = mode === 'acme' && ordered !== undefined ? [ordered, ...names] : names;
    const isPublic = (name: string): boolean => checkCertificateName(name).ok;
    return [...new Set(all.map((name) => name.toLowerCase()).filter(isPublic))];
  }

  #certificateNames(): readonly string[] {
    const addresses = [...this.#machine, ...resolveEntries(this.#wish.entries, this.#machine)];
    return [...new Set([...this.#deps.hostNames.accepted, ...addresses.map(({ address }) => address)])];
  }

  #exposedChanged(exposed: Exposed): void {
    const from = textOf(this.#exposed.addresses);
    const to = textOf(exposed.addresses);
    this.#exposed = exposed;
    if (from !== to) {
      const because = this.#wish.because.join(', ');
      const by = this.#cause;
      const tls = this.#plan.tls === undefined ? 'off' : this.#deps.tlsPolicy().mode;
      this.#deps.record({ from, to, by, because, scope: this.#decision.scope, tls });
      this.#deps.logger.info(`The proxy is reachable on ${to} now (${by}).`);
    }
    this.#cause = 'proxy'; // what changes without a new decision is the proxy being started or stopped
    this.#changes.fire();
  }

  #failureNotice(): Reason | undefined {
    const [failure] = this.#exposed.failures;
    return failure === undefined ? undefined : reason('exposure.notOpened', failure.address, failure.message);
  }

  #tell(before: Reason | undefined): void {
    const { notice } = this.#decision;
    if (notice !== undefined && JSON.stringify(notice) !== JSON.stringify(before)) {
      this.#deps.logger.warn(reasonText(notice));
    }
  }

  #followAddresses(): void {
    const isWished = this.#wish.scope !== 'machine';
    if (isWished && this.#look === undefined) this.#lookLater();
    else if (!isWished) {
      this.#look?.cancel();
      this.#look = undefined;
    }
  }

  #lookLater(): void {
    this.#look = this.#deps.clock.setTimeout(() => {
      this.#lookLater();
      const now = this.#deps.readAddresses();
      if (JSON.stringify(now) !== JSON.stringify(this.#machine)) this.update('network');
      else if (this.#exposed.failures.length > 0 && ++this.#looks % retryLooks === 0) this.#expose();
    }, lookMs);
  }
}

function textOf(addresses: readonly string[]): string {
  return addresses.length === 0 ? 'loopback' : addresses.join(', ').slice(0, 500);
}

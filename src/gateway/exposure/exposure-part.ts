import type { Clock } from '../../core/clock';
import type { FlmConfig } from '../../core/config-schema';
import type { Event } from '../../core/emitter';
import type { Endpoint, MachineAddress } from '../../core/exposure';
import type { LoadTls } from './certificates';
import type { Logger } from '../../core/logger';
import type { TlsPolicy, TlsState } from '../../core/tls';
import type { ExposureState } from '../../protocol/sharing-rpc';
import type { ProxyController } from '../proxy/proxy-controller';
import { Certificates } from './certificates';
import type { DecisionFacts } from './exposure-decision';
import type { ExposureDemands } from './exposure-demands';
import { exposureHandlers } from './exposure-handlers';
import { ExposureKeeper } from './exposure-keeper';
import { ExposureService } from './exposure-service';
import type { HostNames } from './host-names';
import { StoredExposure, type DocumentStore } from './stored-exposure';

export interface ExposurePartDeps {
  readonly documents: DocumentStore;
  readonly proxy: ProxyController;
  readonly loadTls: LoadTls;
  readonly guard: () => DecisionFacts['guard'];
  readonly tlsPolicy: () => TlsPolicy;
  readonly readAddresses: () => readonly MachineAddress[];
  readonly hostNames: HostNames;
  readonly record: (details: Readonly<Record<string, string>>) => void;
  /** Ends every share that goes beyond this machine: part of closing everything. */
  readonly endShares: () => Promise<void>;
  /** Command line and configuration file are a person's own words. */
  readonly trustsSettings: boolean;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Exposure and certificates as the gateway uses them: built together, started and stopped together. */
export class ExposurePart {
  readonly handlers: ReturnType<typeof exposureHandlers>;
  readonly #keeper: ExposureKeeper;
  readonly #certificates: Certificates;
  readonly #service: ExposureService;

  constructor(deps: ExposurePartDeps) {
    const { documents, logger, trustsSettings, clock } = deps;
    const keeper = new ExposureKeeper({ stored: new StoredExposure(documents, logger), trustsSettings, clock });
    const certificates = new Certificates(deps.loadTls, logger);
    const service = new ExposureService({ ...deps, keeper, certificates });
    this.#keeper = keeper;
    this.#certificates = certificates;
    this.#service = service;
    this.handlers = exposureHandlers({ ...deps, keeper, service, certificates });
  }

  /** Exposure, certificate or endpoints are others. */
  get onDidChange(): Event<void> {
    return this.#service.onDidChange;
  }

  get demands(): ExposureDemands {
    return this.#keeper;
  }

  state(): ExposureState {
    return this.#service.state();
  }

  tls(): TlsState {
    return this.#certificates.state;
  }

  endpoints(): readonly Endpoint[] {
    return this.#service.endpoints();
  }

  /** Begins to follow settings, keys, policy and addresses. Storage and policy have to be open. */
  start(config: FlmConfig): void {
    this.#keeper.start(config);
    this.#service.start();
  }

  configure(config: FlmConfig): void {
    this.#keeper.configure(config);
  }

  /** Keys or the policy changed. */
  reconsider(cause: 'key' | 'policy'): void {
    this.#service.update(cause);
  }

  /** Resolves when what was decided so far has happened. */
  settled(): Promise<void> {
    return this.#service.settled();
  }

  async stop(): Promise<void> {
    this.#service.dispose();
    this.#keeper.dispose();
    await this.#certificates.stop();
  }
}

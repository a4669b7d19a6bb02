import type { Catalog } from '../core/catalog';
import type { Clock } from '../core/clock';
import type { Engine } from '../core/engine';
import type { Logger } from '../core/logger';
import { writeFileAtomic } from './atomic-file';
import { CheckupPart } from './checkup/checkup-part';
import type { ForwardedWatch } from './checkup/forwarded-watch';
import { ExposurePart } from './exposure/exposure-part';
import { hostNames } from './exposure/host-names';
import { readMachineAddresses } from './exposure/machine-addresses';
import { recordTlsEvents } from './exposure/tls-audit';
import { loadTls } from './load-tls';
import type { Protection } from './protection/protection';
import type { ProxyController } from './proxy/proxy-controller';
import { openShares } from './shares/open-shares';
import { shareHandlers } from './shares/share-handlers';
import { Sharing } from './sharing';
import { sharingHandlers, type SharingHandlers } from './sharing-handlers';

export interface SharingSurroundings {
  readonly protection: Protection;
  readonly proxy: ProxyController;
  readonly catalog: Catalog;
  readonly engines: () => readonly Engine[];
  readonly forwarded: ForwardedWatch;
  readonly dataDir: string;
  /** The settings decide about the exposure without a person's yes: headless. */
  readonly trustsSettings: boolean;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Exposure, shares and check-up, built together. What is started and in which order is the gateway service's. */
export interface OpenedSharing {
  readonly exposure: ExposurePart;
  readonly shares: Pick<ReturnType<typeof openShares>, 'start' | 'dispose'>;
  readonly summary: Sharing;
  readonly handlers: SharingHandlers;
  /** Ends the check-up; exposure and shares are stopped in their own order. */
  dispose(): void;
}

export function openSharing(surroundings: SharingSurroundings): OpenedSharing {
  const { protection, proxy, catalog, engines, forwarded, dataDir, trustsSettings, clock, logger } = surroundings;
  const readAddresses = readMachineAddresses;
  const exposure = new ExposurePart({
    documents: protection.storage.documents,
    proxy,
    loadTls: () => {
      const onEvent = recordTlsEvents((...row) => protection.record(...row));
      return loadTls({ folder: dataDir, clock, logger, writeFile: writeFileAtomic, onEvent });
    },
    guard: () => protection.guard,
    tlsPolicy: () => protection.policies.policy.tls,
    readAddresses,
    hostNames: hostNames(),
    record: (details) => protection.record('exposure.changed', details, 'medium'),
    endShares: () => shares.endBeyondMachine(),
    trustsSettings,
    clock,
    logger,
  });
  const opened = openShares({
    protection,
    demands: exposure.demands,
    readAddresses,
    catalog,
    endpoints: async () => {
      await exposure.settled();
      return exposure.endpoints();
    },
    clock,
    logger,
  });
  const { shares } = opened;
  protection.onDidChangeAccess((cause) => {
    exposure.reconsider(cause);
    void proxy.reconsider();
  });
  const checkup = new CheckupPart({
    engines,
    readAddresses,
    exposure,
    policy: () => protection.policies.policy,
    mode: () => protection.summary().mode,
    forwarded,
    dataDir,
    record: (event) => protection.audit.record(event),
    clock,
    logger,
  });
  const summary = new Sharing(
    {
      exposure: () => exposure.state(),
      tls: () => exposure.tls(),
      endpoints: () => exposure.endpoints(),
      shares: () => shares.running(),
      checkup: () => checkup.report,
    },
    [exposure.onDidChange, shares.onDidChange, checkup.onDidChange],
  );
  const handlers = sharingHandlers(exposure.handlers, shareHandlers(shares), checkup.handlers);
  return { exposure, shares: opened, summary, handlers, dispose: () => checkup.dispose() };
}

import type { Catalog } from '../../core/catalog';
import type { Clock } from '../../core/clock';
import { DisposableStore } from '../../core/disposable';
import type { Endpoint, MachineAddress } from '../../core/exposure';
import type { Logger } from '../../core/logger';
import type { ExposureDemands } from '../exposure/exposure-demands';
import type { Protection } from '../protection/protection';
import { KeyTotals } from './key-totals';
import { NetworkWatch } from './network-watch';
import { ShareStore } from './share-store';
import { ShareUsage } from './share-usage';
import { Shares } from './shares';

export interface ShareSurroundings {
  readonly protection: Protection;
  readonly demands: ExposureDemands;
  readonly readAddresses: () => readonly MachineAddress[];
  readonly catalog: Pick<Catalog, 'list'>;
  readonly endpoints: () => Promise<readonly Endpoint[]>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** The shares over the gateway's keys and storage. `start` follows once those are open. */
export function openShares({ protection, readAddresses, ...surroundings }: ShareSurroundings): {
  readonly shares: Shares;
  /** With the storage open and before anything listens. Never rejects. */
  start(): Promise<void>;
  dispose(): void;
} {
  const totals = new KeyTotals();
  const store = new DisposableStore();
  const shares = new Shares({
    ...surroundings,
    networks: new NetworkWatch(readAddresses, surroundings.clock),
    store: new ShareStore(protection.storage.documents),
    keys: protection.keys,
    usage: new ShareUsage(totals, protection.requestsToday, protection.tokensToday),
    keysChanged: () => protection.keysChanged(),
    record: (kind, details, severity) => protection.record(kind, details, severity),
  });
  return {
    shares,
    start: async () => {
      totals.load(protection.storage.totals);
      await shares.start();
      store.add(protection.audit.onDidRecordAccess((record) => shares.requestEnded(record)));
      store.add(protection.onDidChangeAccess(() => shares.keysChanged()));
    },
    dispose: () => {
      store.dispose();
      shares.dispose();
    },
  };
}

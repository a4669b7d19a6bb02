import type { Catalog } from '../../core/catalog';
import type { Clock } from '../../core/clock';
import type { Endpoint } from '../../core/exposure';
import type { Logger } from '../../core/logger';
import type { ExposureDemands } from '../exposure/exposure-demands';
import type { Protection } from '../protection/protection';
import { KeyTotals } from './key-totals';
import { ShareStore } from './share-store';
import { ShareUsage } from './share-usage';
import { Shares, type Networks } from './shares';

export interface ShareSurroundings {
  readonly protection: Protection;
  readonly demands: ExposureDemands;
  readonly networks: Networks;
  readonly catalog: Pick<Catalog, 'list'>;
  readonly endpoints: () => Promise<readonly Endpoint[]>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** The shares over the gateway's keys and storage. `start` follows once those are open. */
export function openShares({ protection, ...surroundings }: ShareSurroundings): {
  readonly shares: Shares;
  start(): Promise<void>;
} {
  const totals = new KeyTotals();
  const shares = new Shares({
    ...surroundings,
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
      protection.audit.onDidRecordAccess((record) => shares.requestEnded(record));
      protection.onDidChangeAccess(() => shares.keysChanged());
    },
  };
}

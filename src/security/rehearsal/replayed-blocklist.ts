import type { KeyScope } from '../../core/api-key';
import type { AuditLog } from '../../core/audit';
import type { AllowEntry, BlockStore } from '../../core/block';
import type { Clock } from '../../core/clock';
import { silentLogger } from '../../core/logger';
import type { SecurityPolicy } from '../../core/policy-schema';
import { Blocklist } from '../blocks/blocklist';
import { OwnAddresses } from '../blocks/protected-addresses';

/** What the replay takes from the present, because it is not in the records. */
export interface ReplaySurroundings {
  readonly ownAddresses: readonly string[];
  readonly allowed: readonly AllowEntry[];
  readonly scopeOf: (keyId: string) => KeyScope | undefined;
}

const silentAudit: AuditLog = { record: () => undefined, recordAccess: () => undefined };

/** A blocklist without blocks that writes nothing down and never sweeps. */
export function createReplayedBlocklist(
  policy: SecurityPolicy,
  surroundings: ReplaySurroundings,
  clock: Clock,
): Blocklist {
  const own = new OwnAddresses(
    () => surroundings.ownAddresses,
    () => 0,
  );
  const blocklist = new Blocklist({
    store: forgetfulStore(surroundings),
    audit: silentAudit,
    own,
    clock,
    logger: silentLogger,
  });
  blocklist.start();
  blocklist.setPolicyAllowlist(policy.allowlist);
  blocklist.setTrustedProxies(policy.trustedProxies);
  return blocklist;
}

function forgetfulStore({ allowed }: ReplaySurroundings): BlockStore {
  const done = (): Promise<void> => Promise.resolve();
  return {
    loadBlocks: () => [],
    loadAllowed: () => allowed,
    putBlock: done,
    removeBlock: done,
    putAllowed: done,
    removeAllowed: done,
  };
}

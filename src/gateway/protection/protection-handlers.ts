import type { Clock } from '../../core/clock';
import { FlmError } from '../../core/errors';
import { defaultPolicy } from '../../core/policy';
import type { SecurityRequests } from '../../protocol/security-rpc';
import { formatBlockList } from '../../security/blocks/block-list-format';
import { importBlocks } from '../../security/blocks/import-blocks';
import type { RpcPeer } from '../rpc/rpc-handlers';
import type { Protection } from './protection';
import { Rehearsals } from './rehearsals';

export type ProtectionHandlers = {
  readonly [N in keyof SecurityRequests]: (
    params: SecurityRequests[N]['params'],
    /** Undefined: the gateway itself asks. */
    peer?: RpcPeer,
  ) => SecurityRequests[N]['result'] | Promise<SecurityRequests[N]['result']>;
};

const minuteMs = 60_000;

/** One row per request about keys, records, blocks and the policy. Parameters are already checked. */
export function protectionHandlers(protection: Protection, clock: Clock): ProtectionHandlers {
  const { keys, services } = protection;
  const { blocklist } = services;
  const rehearsals = new Rehearsals(protection, clock);
  const changed = <T>(result: T): T => {
    protection.keysChanged();
    return result;
  };
  return {
    'keys/list': () => keys.list(),
    'keys/create': async (wanted) => {
      protection.requireStorage();
      return changed(await keys.create(wanted));
    },
    'keys/change': async ({ id, ...change }) => changed(await keys.change(id, change)),
    // In force at once, even if writing it down fails.
    'keys/revoke': async ({ id }) => keys.revoke(id).finally(() => changed(undefined)),
    'keys/rotate': async ({ id, graceMinutes }) => changed(await keys.rotate(id, graceMinutes * minuteMs)),

    'audit/query': (query) => protection.requireStorage().queryAudit(query),
    'access/query': (query) => protection.requireStorage().queryAccess(query),
    'audit/statistics': (query) => protection.requireStorage().statistics(query),
    'audit/verify': ({ archives }) => protection.requireStorage().verify({ withArchives: archives }),
    'audit/export': (request) => protection.requireStorage().export(request),

    'blocks/list': () => ({ blocks: blocklist.list(), allowed: blocklist.allowed() }),
    'blocks/add': ({ reason, ...block }) => {
      requireFuture(block.expiresAt, clock);
      return blocklist.add({ ...block, rule: 'manual', reason: reason ?? '' });
    },
    'blocks/change': ({ range, expiresAt }) => {
      requireFuture(expiresAt ?? undefined, clock);
      return blocklist.change(range, expiresAt ?? undefined);
    },
    'blocks/restore': ({ range }) => blocklist.restore(range),
    'blocks/remove': ({ range }) => services.unblock(range),
    'blocks/clearTemporary': () => services.unblockTemporary(),
    'blocks/import': ({ text }) => importBlocks(text, blocklist, clock),
    'blocks/export': ({ format }) => ({ text: formatBlockList(blocklist.list(), format) }),
    'allow/add': async (entry) => {
      const added = await blocklist.allow(entry);
      protection.record('policy.changed', { allowed: added.range }, 'low');
      return added;
    },
    'allow/remove': async ({ range }) => {
      const isRemoved = await blocklist.disallow(range);
      if (isRemoved) protection.record('policy.changed', { disallowed: range.slice(0, 80) }, 'low');
      return isRemoved;
    },

    'policy/get': () => ({ policy: protection.policies.policy, defaults: defaultPolicy }),
    'policy/set': ({ policy }) => protection.setPolicy(policy),
    'policy/rehearse': ({ policy }, peer) => rehearsals.run(peer?.id ?? 0, policy),
    'policy/cancelRehearsal': (_, peer) => {
      rehearsals.cancel(peer?.id ?? 0);
      return null;
    },
  };
}

function requireFuture(expiresAt: number | undefined, clock: Clock): void {
  if (expiresAt !== undefined && expiresAt <= clock.now())
    throw new FlmError('invalid_request', 'expiresAt must be in the future.');
}

import type { KeyScope } from '../../core/api-key';
import type { SecurityMode, SecurityPolicy } from '../../core/policy-schema';
import type { Identity, Refusal, RequestFacts } from '../../core/request';
import { editorUserAgent } from '../../core/editor-user-agent';
import { addressKey } from '../../core/ip-range';
import type { QueueLimits, QueueRefusal, QueueTicket } from './request-queue';
import type { ThrottleLevel } from '../load/resource-throttle';

/** Slots at a level of throttling: 1 halves them, so that work queues; from 2 on callers from elsewhere get a share. */
export function queueLimits({ rateLimits, resources }: SecurityPolicy, level: ThrottleLevel): QueueLimits {
  const slots = level === 0 ? rateLimits.slots : Math.max(1, Math.ceil(rateLimits.slots / 2));
  const remoteSlots = level < 2 ? slots : Math.max(1, Math.floor(slots * resources.remoteSlotShare));
  return { slots, remoteSlots, queueLength: rateLimits.queueLength, waitMs: rateLimits.queueSeconds * 1000 };
}

/** Who waits as whom: keys by id, everybody else by address. */
export function ticketOf(
  facts: RequestFacts,
  identity: Identity,
  scope: KeyScope | undefined,
  { rateLimits }: SecurityPolicy,
  mode: SecurityMode,
  claim?: QueueTicket['claim'],
): QueueTicket {
  const isLocal = facts.isDirectLocal;
  const client = identity.type === 'key' ? `key ${identity.keyId}` : addressKey(facts.clientAddress);
  const own = scope?.concurrency;
  const fallback = isLocal && identity.type === 'local' ? rateLimits.slots : rateLimits.keyConcurrency;
  const maxForClient = mode === 'enforce' || own !== undefined ? (own ?? fallback) : rateLimits.slots;
  return {
    client,
    isLocal,
    isEditor: isLocal && facts.headers['user-agent'] === editorUserAgent,
    maxForClient,
    claim,
  };
}

const refusals: Readonly<Record<QueueRefusal, string>> = {
  'queue-full': 'Too many requests are waiting. Try again later.',
  'waited-too-long': 'No engine slot became free in time (policy rateLimits.queueSeconds). Try again later.',
  'client-busy': 'Too many of your requests are running and waiting. Wait for them to finish.',
};

export function queueRefusal(why: QueueRefusal, { rateLimits }: SecurityPolicy): Refusal {
  return {
    rule: `queue.${why}`,
    code: 'too_many_concurrent',
    message: refusals[why],
    retryAfterSec: Math.max(1, Math.ceil(rateLimits.queueSeconds / 2)),
  };
}

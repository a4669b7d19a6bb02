import type { MachineAddress } from '../../core/exposure';
import type { Share, ShareLimits } from '../../core/share';
import { isBeyondMachine } from '../../core/share-audience';
import type { CreateShareParams } from '../../protocol/sharing-rpc';
import { parseLimit } from '../keys/key-checks';
import type { NumberLimit } from '../keys/limit-questions';
import { groupsOf, routesOf, type RouteGroup } from '../keys/route-groups';
import { audienceOf, hasNetworkChoice, type AudienceType } from './audience-steps';
import { suggestedLimits, type ShareAmount } from './share-amounts';
import { endTime, type ShareEnd } from './share-expiry';

/** How the connection is protected where nothing protects it yet. */
export type Encryption = 'self-signed' | 'plain';

/** Answers about a share, as they were given. */
export interface ShareDraft extends Readonly<Record<NumberLimit, string>> {
  readonly audience: AudienceType;
  readonly ranges: string;
  /** Names of interfaces. Empty: every private network. */
  readonly networks: readonly string[];
  /** Empty: what the audience is called. */
  readonly label: string;
  readonly models: readonly string[];
  readonly routes: readonly RouteGroup[];
  readonly amount: ShareAmount;
  readonly end: ShareEnd;
  readonly lastDay: string;
  readonly encryption: Encryption;
}

export const blankDraft: ShareDraft = {
  audience: 'addresses',
  ranges: '',
  networks: [],
  label: '',
  models: [],
  routes: [],
  amount: 'modest',
  requestsPerMinute: '',
  requestsPerDay: '',
  tokensPerDay: '',
  concurrency: '',
  end: 'week',
  lastDay: '',
  encryption: 'self-signed',
};

/**
 * What a share is now, as answers to begin with. Its end is counted anew: a length is suggested as for a new one.
 * @param machine networks of a share are answers only as long as there is a choice among them
 */
export function draftOf({ audience, label, limits }: Share, machine: readonly MachineAddress[]): ShareDraft {
  const number = (name: NumberLimit): string => String(limits[name] ?? '');
  return {
    ...blankDraft,
    audience: audience.type,
    ranges: audience.type === 'addresses' ? audience.ranges.join(', ') : '',
    networks: audience.type === 'lan' && hasNetworkChoice(machine) ? (audience.interfaces ?? []) : [],
    label,
    models: limits.models ?? [],
    routes: groupsOf(limits.routes ?? []),
    amount: 'own',
    requestsPerMinute: number('requestsPerMinute'),
    requestsPerDay: number('requestsPerDay'),
    tokensPerDay: number('tokensPerDay'),
    concurrency: number('concurrency'),
  };
}

/** Whether somebody beyond this machine is meant. Half-typed ranges count as somebody else. */
export function reachesOut({ audience, ranges }: ShareDraft): boolean {
  return isBeyondMachine(audienceOf(audience, ranges));
}

/** How connections are to be protected; undefined: that was not asked, and stays as it is. */
export function encryptionOf(draft: ShareDraft, isUnencrypted: boolean): Encryption | undefined {
  return isUnencrypted && reachesOut(draft) ? draft.encryption : undefined;
}

export function paramsOf(draft: ShareDraft, now: number): CreateShareParams {
  const expiresAt = endTime(draft.end, now, draft.lastDay);
  return {
    label: draft.label,
    audience: audienceOf(draft.audience, draft.ranges, draft.networks),
    limits: limitsOf(draft),
    ...(expiresAt === undefined ? {} : { expiresAt }),
  };
}

/** Limits that were typed and then left aside do not count. */
function limitsOf(draft: ShareDraft): ShareLimits {
  const own = (name: NumberLimit) => {
    const value = parseLimit(draft[name]);
    return draft.amount !== 'own' || value === undefined ? {} : { [name]: value };
  };
  return {
    ...(draft.models.length === 0 ? {} : { models: draft.models }),
    ...(draft.routes.length === 0 ? {} : { routes: routesOf(draft.routes) }),
    ...suggestedLimits(draft.amount),
    ...own('requestsPerMinute'),
    ...own('requestsPerDay'),
    ...own('tokensPerDay'),
    ...own('concurrency'),
  };
}

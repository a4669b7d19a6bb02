import type { SecurityPolicy } from '../../core/policy-schema';
import type { RoutingFacts } from '../../core/request';
import type { TrackedAddress } from '../scores/tracked-address';
import type { Sign } from './guard';

/**
 * A client that sends one and the same body faster than any person or agent, for minutes. Undefined for all others.
 *
 * The hash costs a millisecond per megabyte: `bodyHash` is read only for those who send fast enough to matter.
 */
export function identicalBodySign(
  routing: Pick<RoutingFacts, 'bodyHash'>,
  tracked: TrackedAddress,
  now: number,
  { anomaly }: SecurityPolicy,
): Sign | undefined {
  const { identicalPerMinute, identicalMinutes, identicalPoints } = anomaly;
  if (tracked.minute.count(now) <= identicalPerMinute || routing.bodyHash === undefined) return undefined;
  const forMs = tracked.identical.add(routing.bodyHash, now, identicalPerMinute);
  if (forMs < identicalMinutes * 60_000) return undefined;
  return {
    rule: 'anomaly.identical-bodies',
    category: 'anomaly',
    severity: 'low',
    points: identicalPoints,
    evidence: `the same body for ${Math.round(forMs / 60_000)} minutes`,
    distinct: `identical ${Math.floor(now / 60_000)}`,
  };
}

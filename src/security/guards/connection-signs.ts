import type { SecurityPolicy } from '../../core/policy-schema';
import type { ConnectionEvent } from '../../core/request';
import type { Sign } from './guard';
import type { TrackedAddress } from '../scores/tracked-address';

/** Slow requests in ten minutes from which it is slow-loris rather than a bad line. */
const SLOW_LORIS_FROM = 10;

/** What an event beside a normal request is worth; undefined for what is no sign of anything. */
export function connectionSign(
  event: ConnectionEvent,
  { anomaly }: SecurityPolicy,
  tracked: TrackedAddress,
  now: number,
): Sign | undefined {
  switch (event.type) {
    case 'malformed':
      if (event.reason === 'ERR_HTTP_REQUEST_TIMEOUT') return slow(tracked.addSlow(now), anomaly.slowUploadPoints);
      return {
        rule: 'malformed',
        category: 'malformed',
        severity: 'medium',
        points: anomaly.malformedPoints,
        evidence: `no valid HTTP: ${event.reason}`,
        distinct: event.reason,
      };
    case 'connection':
      if (event.open <= anomaly.connectionsPerAddress) return undefined;
      return {
        rule: 'anomaly.connections',
        category: 'anomaly-connections',
        severity: 'medium',
        points: anomaly.connectionPoints,
        evidence: `${event.open} open connections`,
        distinct: `connections ${Math.floor(event.open / anomaly.connectionsPerAddress)}`,
      };
    case 'body-too-large':
      return {
        rule: 'anomaly.body-size',
        category: 'anomaly',
        severity: 'low',
        points: anomaly.oversizedPoints,
        evidence:
          event.declaredBytes === undefined ? 'a body over the limit' : `a body of ${event.declaredBytes} bytes`,
        distinct: `size ${event.facts.route ?? ''}`,
      };
    case 'slow-upload':
      return slow(tracked.addSlow(now), anomaly.slowUploadPoints);
    case 'unknown-route':
      // Counted when the request was admitted, whether or not it got this far.
      return undefined;
  }
}

/** One bad line makes a few; many are held open on purpose, which is a sign of its own. */
function slow(times: number, points: number): Sign {
  const isLoris = times > SLOW_LORIS_FROM;
  return {
    rule: isLoris ? 'anomaly.slow-loris' : 'anomaly.slow-upload',
    category: isLoris ? 'anomaly-slow-loris' : 'anomaly-slow',
    severity: isLoris ? 'medium' : 'low',
    points: isLoris ? 2 * points : points,
    evidence: `${Math.round(times)} requests in ten minutes that did not arrive in time`,
    distinct: `slow ${Math.round(times)}`,
  };
}

import type { SecurityPolicy } from '../core/policy-schema';
import type { ConnectionEvent } from '../core/request';
import type { Sign } from './guard';

/** What an event beside a normal request is worth; undefined for what is no sign of anything. */
export function connectionSign(event: ConnectionEvent, { anomaly }: SecurityPolicy): Sign | undefined {
  switch (event.type) {
    case 'malformed':
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
        category: 'anomaly',
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
      return {
        rule: 'anomaly.slow-upload',
        category: 'anomaly',
        severity: 'low',
        points: anomaly.slowUploadPoints,
        evidence: 'a body that did not arrive in time',
        distinct: `slow ${event.facts.id}`,
      };
    case 'unknown-route':
      // Counted when the request was admitted, whether or not it got this far.
      return undefined;
  }
}

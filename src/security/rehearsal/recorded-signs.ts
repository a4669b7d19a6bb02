import type { AuditRow } from '../../core/audit';
import type { SecurityPolicy } from '../../core/policy-schema';
import type { Sign } from '../guards/guard';
import { intrusionCategories } from '../intrusion/signature';

const intrusionPrefixes: ReadonlySet<string> = new Set(intrusionCategories);

/** A sign of intrusion as it was recorded, unless the policy has its rule switched off; undefined for other rows. */
export function recordedIntrusion(row: AuditRow, path: string, disabled: ReadonlySet<string>): Sign | undefined {
  const { rule = '', evidence = '' } = row;
  const [category = ''] = rule.split('.');
  if (row.kind !== 'detection.intrusion' || !intrusionPrefixes.has(category)) return undefined;
  if (disabled.has(rule) || disabled.has(category)) return undefined;
  const points = row.details?.points;
  return {
    rule,
    category,
    severity: row.severity,
    points: typeof points === 'number' ? points : 0,
    evidence,
    distinct: `${rule} ${path} ${evidence}`,
  };
}

type Anomaly = SecurityPolicy['anomaly'];

interface Recomputed {
  readonly category: string;
  readonly points: (policy: Anomaly) => number;
  /** The first figure of the evidence has to be above this; otherwise it is no sign under this policy. */
  readonly above?: (policy: Anomaly) => number;
  readonly distinct: (row: AuditRow, figure: number, policy: Anomaly) => string;
}

/** Signs beside a request, which are known by their records only. What they weigh is the policy's to say. */
const recomputed: Readonly<Record<string, Recomputed>> = {
  malformed: {
    category: 'malformed',
    points: (policy) => policy.malformedPoints,
    distinct: (row) => (row.evidence ?? '').replace('no valid HTTP: ', ''),
  },
  'anomaly.connections': {
    category: 'anomaly-connections',
    points: (policy) => policy.connectionPoints,
    above: (policy) => policy.connectionsPerAddress,
    distinct: (_, figure, policy) => `connections ${Math.floor(figure / policy.connectionsPerAddress)}`,
  },
  'anomaly.body-size': {
    category: 'anomaly',
    points: (policy) => policy.oversizedPoints,
    distinct: (row) => `size ${row.route ?? ''}`,
  },
  'anomaly.slow-upload': {
    category: 'anomaly-slow',
    points: (policy) => policy.slowUploadPoints,
    distinct: (_, figure) => `slow ${figure}`,
  },
  'anomaly.slow-loris': {
    category: 'anomaly-slow-loris',
    points: (policy) => 2 * policy.slowUploadPoints,
    distinct: (_, figure) => `slow ${figure}`,
  },
  'anomaly.identical-bodies': {
    category: 'anomaly',
    points: (policy) => policy.identicalPoints,
    distinct: (row) => `identical ${Math.floor(row.at / 60_000)}`,
  },
};

/** A sign beside a request (malformed, slow, too many connections) weighed by the policy; undefined for other rows. */
export function recordedAnomaly(row: AuditRow, { anomaly }: SecurityPolicy): Sign | undefined {
  const { rule = '', evidence = '' } = row;
  const known = Object.hasOwn(recomputed, rule) ? recomputed[rule] : undefined;
  if (known === undefined) return undefined;
  const figure = Number(/\d+/.exec(evidence)?.[0] ?? 0);
  if (known.above !== undefined && figure <= known.above(anomaly)) return undefined;
  return {
    rule,
    category: known.category,
    severity: row.severity,
    points: known.points(anomaly),
    evidence,
    distinct: known.distinct(row, figure, anomaly),
  };
}

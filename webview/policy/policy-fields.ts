import schema from '../../media/schemas/security-policy.schema.json';
import type { PolicyField, PolicyGroup } from '../../src/protocol/panel-policy-strings';
import { strings } from '../boot';

export type FieldKind = 'number' | 'integer' | 'boolean' | 'choice' | 'text' | 'list' | 'ladder';

/** One threshold of the policy, as the form needs to know it. */
export interface FieldSpec {
  /** `scoring.blockAt`. */
  readonly path: PolicyField;
  readonly kind: FieldKind;
  readonly default: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly choices?: readonly string[];
  /** In the reader's language; empty where a number counts things. */
  readonly unit: string;
}

export interface GroupSpec {
  readonly name: PolicyGroup;
  readonly fields: readonly FieldSpec[];
}

/** What JSON Schema says of a member; only the keywords the policy uses. */
interface Schema {
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly default?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
}

/** Units by how a field's name ends, first match wins. */
const units: readonly (readonly [RegExp, string])[] = [
  [/PerMinute$/, strings.policyUnits.perMinute],
  [/PerSecond$/, strings.policyUnits.perSecond],
  [/Minutes$/, strings.policyUnits.minutes],
  [/Seconds$/, strings.policyUnits.seconds],
  [/Days$/, strings.policyUnits.days],
  [/Ms$/, strings.policyUnits.milliseconds],
  [/Percent$/, '%'],
  [/(?:Points|\.points|At|perRequest|perCategory)$/, strings.policyUnits.points],
];

/** Members of the policy that stand alone, gathered under one heading each. */
const loose: Readonly<Record<string, PolicyGroup>> = {
  mode: 'mode',
  allowlist: 'access',
  trustedProxies: 'access',
  corsOrigins: 'access',
  requireKeyOnLoopback: 'access',
};
const order: readonly PolicyGroup[] = [
  'mode',
  'services',
  'access',
  'authFailures',
  'scoring',
  'intrusion',
  'anomaly',
  'rateLimits',
  'resources',
  'honeypots',
  'tls',
  'audit',
];

/** The form, made from the schema: a threshold that the policy gains appears here by itself. */
export const policyGroups: readonly GroupSpec[] = readGroups();

function readGroups(): readonly GroupSpec[] {
  const groups = new Map<string, FieldSpec[]>(order.map((name) => [name, []]));
  for (const [name, member] of Object.entries((schema as Schema).properties ?? {})) {
    if (name === 'version') continue;
    if (member.properties === undefined) groups.get(loose[name] ?? 'access')?.push(specOf(name, member));
    else
      for (const [child, field] of Object.entries(member.properties))
        groups.get(name)?.push(specOf(`${name}.${child}`, field));
  }
  return order.map((name) => ({ name, fields: groups.get(name) ?? [] }));
}

function specOf(path: string, field: Schema): FieldSpec {
  return {
    path: path as PolicyField,
    kind: kindOf(field),
    default: field.default,
    unit: units.find(([ending]) => ending.test(path))?.[1] ?? '',
    ...(field.minimum === undefined ? {} : { minimum: field.minimum }),
    ...(field.maximum === undefined ? {} : { maximum: field.maximum }),
    ...(field.enum === undefined ? {} : { choices: field.enum }),
  };
}

function kindOf(field: Schema): FieldKind {
  if (field.enum !== undefined) return 'choice';
  if (field.type === 'array') return field.items?.type === 'object' ? 'ladder' : 'list';
  if (field.type === 'boolean' || field.type === 'integer' || field.type === 'number') return field.type;
  return 'text';
}

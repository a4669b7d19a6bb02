import type { Severity } from '../../core/audit';

export const intrusionCategories = [
  'sqli',
  'traversal',
  'file-access',
  'rce',
  'php',
  'java',
  'nodejs',
  'xss',
  'template',
  'ssrf',
  'nosql',
  'injection',
  'deserialization',
  'protocol',
  'scanner',
  'script-probe',
  'file-probe',
  'admin-probe',
] as const;
export type IntrusionCategory = (typeof intrusionCategories)[number];

/** Which reading of a text a signature is matched against; see `Readings`. */
export type ReadingName = 'raw' | 'text' | 'html' | 'path' | 'sql' | 'shell';

/** Parts of a request, as bits. `query`: one value; `pair`: `key=value`, decoded. */
export const Part = { path: 1, query: 2, header: 4, pair: 8 } as const;
export const anywhere = Part.path | Part.query | Part.header;

/** One row of the table. */
export interface Signature {
  /** Stable: shown, exported, and used to switch a rule off. `sqli.union-select`. */
  readonly id: string;
  readonly category: IntrusionCategory;
  readonly severity: Severity;
  /** Score of one hit: 40 one clear exploit, 20 strong sign, 10 sign, 5 hint. */
  readonly points: number;
  /** For people: what it is and why nobody honest sends it here. */
  readonly reason: string;
  readonly reading: ReadingName;
  /** Where it is looked for. Default: anywhere. */
  readonly parts?: number;
  /**
   * Lower-case, linear-time: no nested quantifiers, no `.*` between two alternatives, every gap bounded. Checked by
   * test/unit/security/intrusion/signatures.test.ts.
   */
  readonly pattern: RegExp;
}

const severityOf = (points: number): Severity =>
  points >= 40 ? 'critical' : points >= 20 ? 'high' : points >= 10 ? 'medium' : 'low';

/** Row constructor that keeps the tables one line per rule. */
export function signature(
  id: string,
  reading: ReadingName,
  points: number,
  pattern: RegExp,
  reason: string,
  parts: number = anywhere,
): Signature {
  const category = id.slice(0, id.indexOf('.')) as IntrusionCategory;
  return { id, category, severity: severityOf(points), points, reason, reading, parts, pattern };
}

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A request of a set, as its file has it. */
export interface RequestRow {
  readonly id: string;
  readonly source: string;
  readonly category: string;
  readonly method: string;
  /** Exact request target. */
  readonly uri: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly location?: string;
  readonly attack?: boolean;
  /** Paranoia level of the CRS rule a row tests. */
  readonly pl?: number | null;
  readonly session?: string;
  /** Ms since the session began. */
  readonly t?: number;
  readonly client?: string;
  readonly expect_status?: number;
}

export interface AgentRow {
  readonly id: string;
  readonly kind: string;
  readonly ua: string;
  readonly bad: boolean | null;
}

export interface EvaluationSets {
  readonly attacks: readonly RequestRow[];
  readonly benign: readonly RequestRow[];
  readonly scanPaths: readonly RequestRow[];
  readonly agents: readonly AgentRow[];
}

/** Reads the sets of a folder by the beginnings of their file names; a set that is not there is empty. */
export function readSets(folder: string): EvaluationSets {
  const files = readdirSync(folder).filter((name) => name.endsWith('.jsonl'));
  const read = <T>(prefix: string): T[] =>
    files
      .filter((name) => name.startsWith(prefix))
      .flatMap((name) => readFileSync(join(folder, name), 'utf8').split('\n'))
      .filter((line) => line.trim() !== '')
      .map((line) => JSON.parse(line) as T);
  const sets = {
    attacks: read<RequestRow>('attacks'),
    benign: read<RequestRow>('benign'),
    scanPaths: read<RequestRow>('scanpaths'),
    agents: read<AgentRow>('useragents'),
  };
  if (Object.values(sets).every((rows) => rows.length === 0)) {
    throw new Error(`No attacks*, benign*, scanpaths* or useragents*.jsonl in ${folder}.`);
  }
  return sets;
}

/** What the headline figure is about: attacks outside bodies that a rule set of ordinary strictness is to find. */
export function isHeadline(row: RequestRow): boolean {
  return row.attack === true && row.location !== 'body' && (row.source !== 'crs' || (row.pl ?? 9) <= 2);
}

import { isHeadline } from './evaluation-rows';
import type { EvaluationOptions, Judged, Results } from './run-evaluation';

/** Requests within which a scan is to be blocked. */
const SCAN_GOAL = 25;

/** Figures for machines: fractions between 0 and 1, microseconds. */
export interface Figures {
  readonly headline: number;
  readonly headlineOutsideCrs: number;
  readonly benignFlagged: number;
  readonly lookalikesFlagged: number;
  readonly sessionsWarned: number;
  readonly sessionsBlocked: number;
  readonly scansWithin25: number;
  readonly scannerAgents: number;
  readonly honestAgents: number;
  readonly costUs: { readonly p50: number; readonly p99: number };
}

export function figuresOf(results: Results): Figures {
  const headline = results.attacks.filter(({ row }) => isHeadline(row));
  const lookalikes = results.attacks.filter(({ row }) => row.attack === false && row.location !== 'body');
  const costs = [...results.costs].sort((a, b) => a - b);
  return {
    headline: shareSeen(headline),
    headlineOutsideCrs: shareSeen(headline.filter(({ row }) => row.source !== 'crs')),
    benignFlagged: shareSeen(results.benign),
    lookalikesFlagged: shareSeen(lookalikes),
    sessionsWarned: share(results.sessionsWarned.length, results.sessions),
    sessionsBlocked: share(results.sessionsBlocked.length, results.sessions),
    scansWithin25: share(
      results.scans.filter((after) => after !== undefined && after <= SCAN_GOAL).length,
      results.scans.length,
    ),
    scannerAgents: shareSeen(results.agents.filter(({ row }) => row.kind === 'scanner' && row.bad === true)),
    honestAgents: shareSeen(results.agents.filter(({ row }) => row.bad === false)),
    costUs: { p50: at(costs, 0.5), p99: at(costs, 0.99) },
  };
}

export function printReport(results: Results, options: EvaluationOptions): void {
  const figures = figuresOf(results);
  if (options.json) {
    console.log(JSON.stringify(figures));
    return;
  }
  const attacks = results.attacks.filter(({ row }) => row.attack === true);
  table(
    'Attacks seen, by location',
    group(attacks, ({ row }) => row.location ?? ''),
  );
  const outside = attacks.filter(({ row }) => row.location !== 'body');
  table(
    'Attacks outside bodies, by category',
    group(outside, ({ row }) => row.category),
  );
  table(
    'Attacks outside bodies, by source',
    group(outside, ({ row }) => row.source),
  );
  table(
    'Agents, by kind',
    group(results.agents, ({ row }) => `${row.kind}${row.bad === false ? ' (honest)' : ''}`),
  );
  table(
    'Honest clients flagged',
    group(results.benign, ({ row }) => row.client ?? '').filter(({ seen }) => seen > 0),
  );

  const blocked = results.scans.filter((after) => after !== undefined).sort((a, b) => a - b);
  console.log('\nAll in all');
  line('headline', figures.headline, '≥ 85 %');
  line('headline outside CRS', figures.headlineOutsideCrs, '≥ 80 %');
  line('look-alikes flagged', figures.lookalikesFlagged, '');
  line('benign flagged', figures.benignFlagged, '0');
  line('sessions warned', figures.sessionsWarned, '0');
  line('sessions blocked', figures.sessionsBlocked, '0');
  line(`scans blocked within ${SCAN_GOAL} requests`, figures.scansWithin25, '≥ 95 %');
  console.log(`  requests until blocked: median ${at(blocked, 0.5)}, 95 % within ${at(blocked, 0.95)}`);
  line('scanner agents seen', figures.scannerAgents, '≥ 80 %');
  line('honest agents flagged', figures.honestAgents, '0');
  console.log(
    `  cost per request: p50 ${figures.costUs.p50.toFixed(1)} µs (≤ 50), p99 ${figures.costUs.p99.toFixed(1)} µs (≤ 200)`,
  );
  if (options.missed) printMissed(results);
}

function printMissed(results: Results): void {
  for (const { row, isSeen } of results.attacks) {
    if (isHeadline(row) && !isSeen)
      console.log(
        `missed\t${row.source}\t${row.category}\t${row.location ?? ''}\t${row.method} ${row.uri.slice(0, 160)}`,
      );
  }
  for (const { row, isSeen, rules } of [
    ...results.benign,
    ...results.attacks.filter(({ row: { attack } }) => attack === false),
  ]) {
    if (isSeen) console.log(`flagged\t${row.source}\t${row.method} ${row.uri.slice(0, 120)}\t${rules.join(' ')}`);
  }
  for (const name of [...results.sessionsWarned, ...results.sessionsBlocked]) console.log(`session\t${name}`);
}

interface Group {
  readonly name: string;
  readonly seen: number;
  readonly all: number;
}

function group<T>(judged: readonly Judged<T>[], nameOf: (one: Judged<T>) => string): Group[] {
  const groups = new Map<string, { seen: number; all: number }>();
  for (const one of judged) {
    const name = nameOf(one);
    const counts = groups.get(name) ?? { seen: 0, all: 0 };
    groups.set(name, { seen: counts.seen + (one.isSeen ? 1 : 0), all: counts.all + 1 });
  }
  return [...groups].map(([name, counts]) => ({ name, ...counts })).sort((a, b) => b.all - a.all);
}

function table(title: string, groups: readonly Group[]): void {
  if (groups.length === 0) return;
  console.log(`\n${title}`);
  for (const { name, seen, all } of groups) {
    console.log(
      `  ${name.padEnd(28)}${String(seen).padStart(6)} of ${String(all).padStart(5)}  ${percent(share(seen, all))}`,
    );
  }
}

function line(name: string, value: number, goal: string): void {
  console.log(`  ${name.padEnd(36)}${percent(value)}  ${goal}`);
}

const percent = (value: number): string => `${(value * 100).toFixed(2).padStart(6)} %`;
const share = (part: number, all: number): number => (all === 0 ? 0 : part / all);
const shareSeen = (judged: readonly Judged<unknown>[]): number =>
  share(judged.filter(({ isSeen }) => isSeen).length, judged.length);
const at = (sorted: readonly number[], quantile: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * quantile))] ?? 0;

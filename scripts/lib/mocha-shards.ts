import { existsSync, readdirSync } from 'node:fs';
import { bundleTests } from './bundle-tests';
import { runMocha } from './mocha-suite';
import { at } from './project.mjs';
import type { TestResult } from './result-reporter';

export interface ShardOptions {
  /** How many mochas share the files. Default: one. */
  readonly shards?: number;
  /** Bundles the files first, into out/<folder>: for suites whose tests are over sooner than their files are read. */
  readonly isBundled?: boolean;
}

/**
 * Runs the test files of a folder with several mochas at once, dealt out in turn: for suites whose files share nothing
 * but processor time. Throws as {@link runMocha} and {@link bundleTests} do, once all have ended.
 */
export async function runShards(
  folder: string,
  timeoutMs: number,
  { shards = 1, isBundled = false }: ShardOptions,
): Promise<TestResult> {
  const startedAt = Date.now();
  const hands = deal(testFilesOf(folder), shards);
  const calls = isBundled ? await bundleTests(hands, at('out', folder)) : hands;
  const runs = await Promise.allSettled(calls.map((call) => runMocha(call, timeoutMs)));
  const results = runs.map((run) => {
    if (run.status === 'rejected') throw run.reason;
    return run.value;
  });
  const sum = (key: 'passed' | 'failed' | 'skipped'): number =>
    results.reduce((total, result) => total + result[key], 0);
  return {
    nonce: '',
    passed: sum('passed'),
    failed: sum('failed'),
    skipped: sum('skipped'),
    durationMs: Date.now() - startedAt,
    failures: results.flatMap(({ failures }) => failures),
  };
}

/** Neighbours come into different hands, so that a folder of slow tests is shared out; no hand is empty. */
export function deal<T>(items: readonly T[], hands: number): readonly (readonly T[])[] {
  return Array.from({ length: Math.min(hands, items.length) }, (_, hand) =>
    items.filter((_item, at) => at % hands === hand),
  );
}

/** Its test files and those of the folders in it; none where there is no such folder. */
export function testFilesOf(folder: string): readonly string[] {
  if (!existsSync(at(folder))) return [];
  return readdirSync(at(folder), { recursive: true })
    .map((name) => `${folder}/${String(name).replaceAll('\\', '/')}`)
    .filter((name) => name.endsWith('.test.ts'))
    .sort();
}

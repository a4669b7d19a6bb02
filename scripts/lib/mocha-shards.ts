import { existsSync, readdirSync } from 'node:fs';
import { runMocha } from './mocha-suite';
import { at } from './project.mjs';
import type { TestResult } from './result-reporter';

/**
 * Runs the test files of a folder with several mochas at once, dealt out in turn: for suites whose files share nothing
 * but processor time. Throws as {@link runMocha} does, once all have ended.
 */
export async function runShards(folder: string, shards: number, timeoutMs: number): Promise<TestResult> {
  const startedAt = Date.now();
  const hands = deal(testFilesOf(folder), shards);
  const runs = await Promise.allSettled(hands.map((files) => runMocha(files, timeoutMs)));
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

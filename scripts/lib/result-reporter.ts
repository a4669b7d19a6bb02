import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { reporters, type MochaOptions, type Runner, type Test } from 'mocha';

/** What a run of mocha leaves behind for scripts/test.mjs. */
export interface TestResult {
  /** Copied from the environment: proves that this run, and no older one, wrote the file. */
  readonly nonce: string;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly durationMs: number;
  readonly failures: readonly { readonly title: string; readonly message: string }[];
}

/** Reads where to write, and the nonce, from `FLM_TEST_RESULT` and `FLM_TEST_NONCE`. */
export class ResultReporter extends reporters.Base {
  constructor(runner: Runner, options: MochaOptions) {
    super(runner, options);
    const failures: { title: string; message: string }[] = [];
    const startedAt = Date.now();
    const isVerbose = process.env.FLM_TEST_VERBOSE === '1';
    let passed = 0;
    let skipped = 0;

    runner.on('pass', (test: Test) => {
      passed++;
      if (isVerbose) console.log(`    ok ${test.fullTitle()} (${test.duration ?? 0} ms)`);
    });
    runner.on('pending', () => {
      skipped++;
    });
    runner.on('fail', (test: Test, error: unknown) => {
      failures.push({ title: test.titlePath().join(' › '), message: describeError(error) });
    });
    runner.once('end', () => {
      const file = process.env.FLM_TEST_RESULT;
      if (file === undefined) return;
      const result: TestResult = {
        nonce: process.env.FLM_TEST_NONCE ?? '',
        passed,
        failed: failures.length,
        skipped,
        durationMs: Date.now() - startedAt,
        failures,
      };
      mkdirSync(dirname(file), { recursive: true });
      // Whole or absent: a reader never sees half of it.
      writeFileSync(`${file}.tmp`, JSON.stringify(result));
      renameSync(`${file}.tmp`, file);
      // Only a run that does not end by itself lives to say why.
      setTimeout(() => {
        console.error(`Still open: ${process.getActiveResourcesInfo().join(', ')}`);
      }, 5_000).unref();
    });
  }
}

function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? '' : `\ncaused by: ${describeError(error.cause)}`;
  return `${error.stack ?? error.message}${cause}`;
}

export { ResultReporter as default };

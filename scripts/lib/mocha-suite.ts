import { setTimeout as delay } from 'node:timers/promises';
import config from '../../.mocharc.json';
import type { TestBundle } from './bundle-tests';
import { end, start } from './child.mjs';
import { at, root } from './project.mjs';
import type { TestResult } from './result-reporter';
import { TestRun } from './test-run';

/** How long a run may take to end after its last test. More: something was left running. */
const usualEndGraceMs = 20_000;

export interface RunOptions {
  /** Default: 20 s. */
  readonly endGraceMs?: number;
  /** `ignore`: what mocha and the tests print is not shown. Default: `inherit`. */
  readonly output?: 'inherit' | 'ignore';
}

/**
 * Runs test files (paths or patterns), or a bundle of them, with mocha in another process. Throws when it takes too long, leaves no result, or
 * does not end by itself after its last test (a forgotten server, timer or child).
 */
export async function runMocha(
  tests: readonly string[] | TestBundle,
  timeoutMs: number,
  { endGraceMs = usualEndGraceMs, output = 'inherit' }: RunOptions = {},
): Promise<TestResult> {
  const run = new TestRun();
  try {
    const child = start(process.execPath, 'file' in tests ? callOfBundle(tests) : callOfFiles(tests), {
      cwd: root,
      env: { ...process.env, ...run.environment },
      stdio: ['ignore', output, output],
    });
    const ended = new Promise<boolean>((resolve) => {
      child.once('exit', () => {
        resolve(true);
      });
      child.once('error', () => {
        resolve(true);
      });
    });
    const deadline = Date.now() + timeoutMs;
    while (!run.hasResult && Date.now() < deadline) {
      if (await Promise.race([ended, delay(200, false)])) break;
    }
    if (!run.hasResult && child.exitCode === null && child.signalCode === null) {
      await end(child);
      throw new Error(`The tests did not end within ${timeoutMs / 1000} s.`);
    }
    const endedByItself = await Promise.race([ended, delay(endGraceMs, false)]);
    await end(child);
    const result = run.result();
    if (!endedByItself) {
      const { passed, failed, failures } = result;
      const before = failures.map(({ title, message }) => `\n${title}\n${message}`).join('');
      throw new Error(
        `The tests are done (${passed} passed, ${failed} failed), but something they started still runs after ` +
          `${endGraceMs / 1000} s.${before}`,
      );
    }
    if (child.exitCode !== 0 && result.failed === 0) throw new Error(`mocha ended with exit code ${child.exitCode}.`);
    return result;
  } finally {
    run.dispose();
  }
}

const mocha = at('node_modules', 'mocha', 'bin', 'mocha.js');

function callOfFiles(files: readonly string[]): readonly string[] {
  return [mocha, '--reporter', at('scripts/lib/result-reporter.ts'), ...files];
}

/** With the rules of .mocharc.json, but not what reads TypeScript; what it requires is in the bundle. */
function callOfBundle({ file, reporter }: TestBundle): readonly string[] {
  const rules = ['--timeout', String(config.timeout), ...(config['forbid-only'] ? ['--forbid-only'] : [])];
  return ['--enable-source-maps', mocha, '--no-config', ...rules, '--reporter', reporter, file];
}

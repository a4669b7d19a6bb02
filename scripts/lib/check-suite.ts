import { run } from './child.mjs';
import { at, root } from './project.mjs';
import type { TestResult } from './result-reporter';

const timeoutMs = 5 * 60_000;

/** The steps of `npm run check`, each counted as one test. */
const checks: readonly { readonly title: string; readonly script: string; readonly args: readonly string[] }[] = [
  { title: 'types (tsc)', script: 'typescript/bin/tsc', args: ['--noEmit'] },
  { title: 'types of the panel (tsc)', script: 'typescript/bin/tsc', args: ['--noEmit', '-p', 'webview'] },
  {
    title: 'types of the panel tests (tsc)',
    script: 'typescript/bin/tsc',
    args: ['--noEmit', '-p', 'test/webview'],
  },
  { title: 'lint (eslint)', script: 'eslint/bin/eslint.js', args: ['.', '--max-warnings=0'] },
  { title: 'format (prettier)', script: 'prettier/bin/prettier.cjs', args: ['--check', '.'] },
];

/** Runs types, lint and format, and reports them as tests. */
export async function runChecks(): Promise<TestResult> {
  const startedAt = Date.now();
  const failures: { title: string; message: string }[] = [];
  for (const { title, script, args } of checks) {
    const { code, timedOut, output } = await run(
      process.execPath,
      [at('node_modules', ...script.split('/')), ...args],
      {
        cwd: root,
        quiet: true,
        timeoutMs,
      },
    );
    if (code === 0) continue;
    failures.push({ title, message: timedOut ? `did not end within ${timeoutMs / 1000} s` : output.slice(-8000) });
  }
  const passed = checks.length - failures.length;
  return { nonce: '', passed, failed: failures.length, skipped: 0, durationMs: Date.now() - startedAt, failures };
}

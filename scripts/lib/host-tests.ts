import { findDesktopHost, runInDesktop } from './run-in-desktop';
import { runInCodeServer } from './run-in-code-server';
import { TestRun } from './test-run';
import type { TestResult } from './result-reporter';

const timeoutMs = 10 * 60_000;

/** What both hosts need to run the same tests. */
export interface HostTests {
  readonly run: TestRun;
  /** The compiled module that exports `run()`. */
  readonly testIndex: string;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly timeoutMs: number;
}

/**
 * Runs a compiled test index in a real VS Code: desktop where one can be had, else code-server. `FLM_HOST` (`desktop`,
 * `code-server`) decides where it is set. Throws when neither can run, or when the run proves nothing.
 */
export async function runHostTests(
  testIndex: string,
  settings: Readonly<Record<string, unknown>>,
): Promise<TestResult> {
  const wanted = process.env.FLM_HOST ?? 'auto';
  const run = new TestRun();
  try {
    const tests: HostTests = { run, testIndex, settings, timeoutMs };
    const exitCode = await runSomewhere(wanted, tests);
    const result = run.result();
    if (exitCode !== 0 && result.failed === 0) throw new Error(`The host ended with exit code ${exitCode}.`);
    return result;
  } finally {
    run.dispose();
  }
}

/** Runs a module in a real VS Code, as `runHostTests` does, and answers what it wrote into its result file. */
export async function measureInHost(index: string, settings: Readonly<Record<string, unknown>>): Promise<unknown> {
  const run = new TestRun();
  try {
    await runSomewhere(process.env.FLM_HOST ?? 'auto', { run, testIndex: index, settings, timeoutMs });
    return run.read();
  } finally {
    run.dispose();
  }
}

async function runSomewhere(wanted: string, tests: HostTests): Promise<number> {
  if (wanted !== 'code-server') {
    const desktop = await findDesktopHost();
    if ('executable' in desktop) {
      console.log(`  in desktop VS Code (${desktop.executable})`);
      return runInDesktop(desktop, tests);
    }
    if (wanted === 'desktop') throw new Error(`No desktop VS Code: ${desktop.missing}.`);
    console.log(`  in code-server, because there is no desktop VS Code: ${desktop.missing}`);
  }
  return runInCodeServer(tests);
}

import { styleText } from 'node:util';
import type { TestResult } from './result-reporter';
import type { Suite } from './suites';

interface Outcome {
  readonly suite: Suite;
  readonly result: TestResult;
}

/**
 * Runs suites one after the other, shows what failed and a table, and ends with the line `N passed, N failed`
 * (`, N skipped` where tests are pending). A suite that cannot run counts as one failed test. Answers whether all passed.
 */
export async function runSuites(suites: readonly Suite[]): Promise<boolean> {
  const outcomes: Outcome[] = [];
  for (const suite of suites) {
    console.log(`› ${suite.name}: ${suite.about}`);
    const result = await runSafely(suite);
    outcomes.push({ suite, result });
    console.log(`  ${summary(result)} in ${seconds(result)}`);
    showFailures(suite, result);
  }
  if (outcomes.some(({ result }) => result.failed > 0)) showAllFailedTitles(outcomes);
  if (outcomes.length > 1) showTable(outcomes);

  const total = (key: 'passed' | 'failed' | 'skipped'): number =>
    outcomes.reduce((sum, { result }) => sum + result[key], 0);
  console.log(summary({ passed: total('passed'), failed: total('failed'), skipped: total('skipped') }));
  return total('failed') === 0 && total('passed') > 0;
}

async function runSafely(suite: Suite): Promise<TestResult> {
  const startedAt = Date.now();
  try {
    return await suite.run();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const failures = [{ title: 'the suite itself', message }];
    return { nonce: '', passed: 0, failed: 1, skipped: 0, durationMs: Date.now() - startedAt, failures };
  }
}

function showFailures(suite: Suite, result: TestResult): void {
  for (const { title, message } of result.failures) {
    console.log(`\n  ${styleText('red', '✗')} ${suite.name}: ${title}`);
    console.log(message.replace(/^/gm, '      '));
  }
  if (result.failures.length > 0) console.log('');
}

/** Once more at the end, so that nobody has to scroll back through what later suites printed. */
function showAllFailedTitles(outcomes: readonly Outcome[]): void {
  console.log('\nFailed:');
  for (const { suite, result } of outcomes) {
    for (const { title } of result.failures) console.log(`  ${suite.name}: ${title}`);
  }
}

function showTable(outcomes: readonly Outcome[]): void {
  const rows = outcomes.map(({ suite, result }) => [
    suite.name,
    String(result.passed),
    String(result.failed),
    String(result.skipped),
    seconds(result),
  ]);
  console.log('');
  for (const [name = '', ...cells] of [['suite', 'passed', 'failed', 'skipped', 'time'], ...rows]) {
    console.log(`  ${name.padEnd(12)}${cells.map((cell) => cell.padStart(9)).join('')}`);
  }
  console.log('');
}

function summary({ passed, failed, skipped }: Pick<TestResult, 'passed' | 'failed' | 'skipped'>): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

function seconds(result: TestResult): string {
  return `${(result.durationMs / 1000).toFixed(1)} s`;
}

import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestResult } from './result-reporter';

/** One run of mocha in another process: a throw-away folder, and a result that only this run can have written. */
export class TestRun {
  /** Removed by `dispose`. Short, because sockets inside it have to stay below 104 characters. */
  readonly folder = mkdtempSync(join(tmpdir(), 'flm-'));
  readonly #nonce = randomBytes(16).toString('hex');
  readonly #file = join(this.folder, 'result.json');

  /** To be set in the process that runs mocha with `ResultReporter`. */
  get environment(): Record<string, string> {
    return { FLM_TEST_RESULT: this.#file, FLM_TEST_NONCE: this.#nonce };
  }

  get hasResult(): boolean {
    return existsSync(this.#file);
  }

  /** Throws when the run left no result, an older run's, or ran no test: each would look like success otherwise. */
  result(): TestResult {
    const result = this.read() as TestResult;
    if (result.passed + result.failed === 0) throw new Error('No test ran.');
    return result;
  }

  /** What the run wrote into its file, whatever it is. Throws when there is nothing, or an older run's. */
  read(): unknown {
    if (!this.hasResult) throw new Error('The tests ended without a result.');
    const result = JSON.parse(readFileSync(this.#file, 'utf8')) as { readonly nonce?: unknown };
    if (result.nonce !== this.#nonce) throw new Error('The result is not from this run.');
    return result;
  }

  dispose(): void {
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

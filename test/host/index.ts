import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import Mocha from 'mocha';
import { ResultReporter } from '../../scripts/lib/result-reporter';

/**
 * What VS Code calls in its extension host (`--extensionTestsPath`). Runs every compiled test of this folder and throws
 * when one fails; the result itself goes into a file, because both hosts report little more than an exit code.
 */
export async function run(): Promise<void> {
  const mocha = new Mocha({ ui: 'bdd', timeout: 120_000, reporter: ResultReporter, forbidOnly: true });
  const require = createRequire(__filename);
  for (const name of readdirSync(__dirname).sort()) {
    if (!name.endsWith('.test.cjs')) continue;
    const file = join(__dirname, name);
    mocha.suite.emit('pre-require', globalThis, file, mocha);
    require(file);
  }
  const failures = await new Promise<number>((resolve) => mocha.run(resolve));
  if (failures > 0) throw new Error(`${failures} host tests failed.`);
}

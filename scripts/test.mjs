// `npm test [-- suite…]`: installs what is missing, builds, runs the suites and ends with `N passed, N failed`.
import { build } from './lib/build.mjs';
import { ensureInstalled } from './lib/ensure-installed.mjs';
import { load } from './lib/typescript.mjs';

const names = process.argv.slice(2).filter((arg) => !arg.startsWith('-'));
if (process.argv.includes('--verbose')) process.env.FLM_TEST_VERBOSE = '1';

try {
  await ensureInstalled();
  const { suites } = await load('./suites.ts');
  if (process.argv.includes('--help')) {
    for (const { name, about } of suites) console.log(`  ${name.padEnd(12)} ${about}`);
    process.exit(0);
  }
  const unknown = names.filter((name) => !suites.some((suite) => suite.name === name));
  if (unknown.length > 0) {
    throw new Error(
      `No such suite: ${unknown.join(', ')}. There are: ${suites.map((suite) => suite.name).join(', ')}.`,
    );
  }
  const chosen = suites.filter((suite) => (names.length === 0 ? suite.exists() : names.includes(suite.name)));
  if (chosen.some((suite) => suite.needsBuild)) await build();
  const { runSuites } = await load('./run-suites.ts');
  process.exit((await runSuites(chosen)) ? 0 : 1);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  console.log('0 passed, 1 failed');
  process.exit(1);
}

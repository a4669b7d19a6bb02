// `npm run bench [-- name…]`: measures what the goals speak of and prints it beside them. A number is not a test: nothing fails here.
import { readdirSync } from 'node:fs';
import { build } from './lib/build.mjs';
import { ensureInstalled } from './lib/ensure-installed.mjs';
import { at } from './lib/project.mjs';
import { load } from './lib/typescript.mjs';

try {
  const names = process.argv.slice(2);
  await ensureInstalled();
  await build({ production: true });
  const { runBenches } = await load('./run-benches.ts');
  const files = readdirSync(at('test', 'bench')).filter((file) => file.endsWith('.bench.ts'));
  const benches = [];
  for (const file of files.sort()) benches.push((await load(at('test', 'bench', file))).bench);
  await runBenches(benches.filter(({ name }) => names.length === 0 || names.includes(name)));
  process.exit(0);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}

// `npm run bench [-- word…]`: measures what the goals speak of and prints it beside them. A number is not a test: nothing fails here.
import { readdirSync } from 'node:fs';
import { build } from './lib/build.mjs';
import { ensureInstalled } from './lib/ensure-installed.mjs';
import { at } from './lib/project.mjs';
import { load } from './lib/typescript.mjs';

try {
  const words = process.argv.slice(2).map((word) => word.toLowerCase());
  await ensureInstalled();
  await build({ production: true });
  const { benchOf, runBenches } = await load('./run-benches.ts');
  const files = readdirSync(at('test', 'bench')).filter((file) => file.endsWith('.bench.ts'));
  const benches = [];
  for (const file of files.sort()) benches.push(benchOf(file, await load(at('test', 'bench', file))));
  await runBenches(
    benches.filter(({ name }) => words.length === 0 || words.some((word) => name.toLowerCase().includes(word))),
  );
  process.exit(0);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}

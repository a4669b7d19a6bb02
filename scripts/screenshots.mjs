// `npm run screenshots`: takes the pictures of the README in a real workbench with a simulator of each engine.
import { build } from './lib/build.mjs';
import { ensureInstalled } from './lib/ensure-installed.mjs';
import { load } from './lib/typescript.mjs';

try {
  await ensureInstalled();
  // Pictures of what ships; unminified it would be over the size limit.
  await build({ production: true });
  const { takeScreenshots } = await load('./take-screenshots.ts');
  await takeScreenshots();
  process.exit(0);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}

// Lets the scripts, which must start on a fresh clone, go on in TypeScript once the dependencies are there.
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/** Loads a TypeScript module of this folder. Call `ensureInstalled` first. */
export async function load(file) {
  await import('tsx');
  return require(file);
}

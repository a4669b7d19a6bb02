// Runs scripts/build.mjs in a process of its own: it needs the dependencies, which the caller may only just have installed.
import { run } from './child.mjs';
import { at, root } from './project.mjs';

const timeoutMs = 5 * 60_000;

/** Builds dist/. `production` minifies and drops source maps. Throws when it fails. */
export async function build({ production = false } = {}) {
  console.log(production ? '› Building for production' : '› Building');
  const args = [at('scripts', 'build.mjs'), ...(production ? ['--production'] : [])];
  const { code } = await run(process.execPath, args, { cwd: root, timeoutMs });
  if (code !== 0) throw new Error('The build failed.');
}

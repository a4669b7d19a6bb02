// Builds dist/ when what it was made from is newer.
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './child.mjs';
import { at, root } from './project.mjs';

const buildTimeoutMs = 5 * 60_000;
/** What bundles are made from. */
const sources = ['src', 'webview', 'test/helpers/engines', 'scripts/build.mjs', 'package.json', 'package-lock.json'];

/** Builds when `files` (under dist/) are missing or older than any source. Throws when the build fails. */
export async function ensureBuilt(files) {
  const outputs = files.map((file) => at('dist', file));
  const builtAt = outputs.every(existsSync) ? Math.min(...outputs.map((file) => statSync(file).mtimeMs)) : 0;
  if (builtAt >= Math.max(...sources.map((source) => newestIn(at(source))))) return;
  // Standard output belongs to the program that is started next.
  console.error('› Building');
  const { code, output } = await run(process.execPath, [at('scripts', 'build.mjs')], {
    cwd: root,
    timeoutMs: buildTimeoutMs,
    quiet: true,
  });
  if (code !== 0) throw new Error(`The build failed.\n${output}`.trim());
}

/** Modification time of a file, or the newest in a folder. 0 when there is none. */
function newestIn(path) {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return 0;
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(stat.mtimeMs, ...readdirSync(path).map((name) => newestIn(join(path, name))));
}

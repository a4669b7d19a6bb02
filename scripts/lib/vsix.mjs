// Packs dist/ and what belongs to it into an installable file, and looks at what it is about to ship.
import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { run } from './child.mjs';
import { at, root } from './project.mjs';

const timeoutMs = 5 * 60_000;
/** Of what is published, which is minified. */
export const sizeLimitBytes = 2 * 1024 * 1024;

/** What may ship. Anything else is a leak: sources, tests, source maps, screenshots, somebody's notes. */
const shipped = [
  /^package\.json$/,
  /^package\.nls(\.[a-z-]+)?\.json$/,
  /^(README(\.ja)?|CHANGELOG)\.md$/,
  /^LICENSE$/,
  /^dist\/[\w./-]+\.(js|css|wasm|ttf)$/,
  /^media\/[\w.-]+\.(png|svg)$/,
  /^media\/(l10n|schemas)\/[\w.-]+\.json$/,
  /^media\/walkthrough\/[\w./-]+\.(md|svg|png)$/,
];
const needed = ['package.json', 'dist/extension.js', 'dist/gateway.js', 'dist/tls.js', 'LICENSE'];

/** Packs what dist/ holds now into `file`. Answers size and contents; throws when it holds what it must not. */
export async function packVsix(file) {
  mkdirSync(dirname(file), { recursive: true });
  const files = (await vsce(['ls', '--no-dependencies'])).split('\n').map((line) => line.trim());
  const contents = files.filter((line) => /^[\w./-]+$/.test(line) && /[./]|^LICENSE$/.test(line));
  const leaked = contents.filter((path) => !shipped.some((pattern) => pattern.test(path)));
  if (leaked.length > 0) throw new Error(`The package would hold what must not ship: ${leaked.join(', ')}`);
  const missing = needed.filter((path) => !contents.includes(path));
  if (missing.length > 0) throw new Error(`The package would lack ${missing.join(', ')}. Build first.`);

  await vsce(['package', '--no-dependencies', '--out', file]);
  const { size } = statSync(file);
  return { file, size, contents };
}

async function vsce(args) {
  const { code, output } = await run(process.execPath, [at('node_modules', '@vscode', 'vsce', 'vsce'), ...args], {
    cwd: root,
    quiet: true,
    timeoutMs,
  });
  if (code !== 0) throw new Error(`vsce ${args[0]} failed (exit code ${code}):\n${output}`);
  return output;
}

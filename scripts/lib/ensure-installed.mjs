// Brings node_modules up to what package-lock.json says, so that every command works on a fresh clone.
import { existsSync, readFileSync } from 'node:fs';
import { npm } from './npm.mjs';
import { at, root } from './project.mjs';

const installTimeoutMs = 15 * 60_000;

/** Installs the dependencies when they are missing or not those of the lock file. Throws when npm cannot. */
export async function ensureInstalled() {
  const missing = missingPackages();
  if (missing.length === 0) return;
  const isFresh = !existsSync(at('node_modules', '.package-lock.json'));
  console.log(
    isFresh
      ? '› Installing dependencies (npm ci)'
      : `› Updating dependencies (npm install): ${missing.slice(0, 3).join(', ')}${missing.length > 3 ? ' …' : ''}`,
  );
  // Dev dependencies hold the build: they are wanted even where NODE_ENV or npm's own settings say production.
  const args = [isFresh ? 'ci' : 'install', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'];
  const { code, output } = await npm(args, { cwd: root, timeoutMs: installTimeoutMs });
  if (code !== 0) throw new Error(`npm ${args[0]} failed (exit code ${code}). ${output}`.trim());
}

/** Packages of the lock file that are not installed in that version: `name@version`. */
function missingPackages() {
  const locked = packagesOf(at('package-lock.json'));
  const installed = packagesOf(at('node_modules', '.package-lock.json'));
  return Object.entries(locked)
    .filter(([path, { version, optional, devOptional, link }]) => {
      if (path === '' || optional || devOptional || link) return false;
      return installed[path]?.version !== version || !existsSync(at(path, 'package.json'));
    })
    .map(([path, { version }]) => `${path.replace(/^.*node_modules\//, '')}@${version}`);
}

function packagesOf(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages ?? {};
  } catch {
    return {};
  }
}

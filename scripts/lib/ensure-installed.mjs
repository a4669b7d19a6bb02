// Brings node_modules up to what package-lock.json says, so that every command works on a fresh clone.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { npm } from './npm.mjs';
import { at, cacheFolder, root } from './project.mjs';

const installTimeoutMs = 15 * 60_000;
const settleMs = 3_000;

/** Installs the dependencies when they are missing or not those of the lock file. Throws when npm cannot. */
export async function ensureInstalled() {
  if (missingPackages().length === 0) return;
  const unlock = await lock();
  try {
    const missing = await settledMissingPackages();
    if (missing.length > 0) await install(missing);
  } finally {
    unlock();
  }
}

async function install(missing) {
  const isFresh = !existsSync(at('node_modules'));
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

/** Two npm at work in one node_modules leave half-written packages, so a person's own `npm install` is let finish first. */
async function settledMissingPackages() {
  let missing = missingPackages();
  while (missing.length > 0 && existsSync(at('node_modules'))) {
    await delay(settleMs);
    const now = missingPackages();
    if (now.length === missing.length) return now;
    missing = now;
  }
  return missing;
}

/** One of our commands installs at a time; the others wait for it. Answers how to let the next one in. */
async function lock() {
  mkdirSync(cacheFolder, { recursive: true });
  const file = join(cacheFolder, 'installing.lock');
  const deadline = Date.now() + installTimeoutMs;
  for (;;) {
    try {
      writeFileSync(file, String(process.pid), { flag: 'wx' });
      return () => rmSync(file, { force: true });
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    if (!isHolderAlive(file)) rmSync(file, { force: true });
    else if (Date.now() > deadline) throw new Error(`Another command has been installing for long: see ${file}.`);
    else await delay(settleMs);
  }
}

function isHolderAlive(file) {
  try {
    process.kill(Number(readFileSync(file, 'utf8')), 0);
    return true;
  } catch (error) {
    // EPERM: alive, and somebody else's.
    return error.code === 'EPERM';
  }
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

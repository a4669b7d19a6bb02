import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { run } from './child.mjs';

const aptTimeoutMs = 10 * 60_000;

/** The programs of Pebble, a small ACME server for tests: the server, and the DNS and helper server beside it. */
export interface PebblePrograms {
  readonly server: string;
  readonly challengeServer: string;
}

/** Both programs on PATH, or undefined. */
export function findPebble(): PebblePrograms | undefined {
  const [server, challengeServer] = ['pebble', 'pebble-challtestsrv'].map((name) => onPath(name));
  return server === undefined || challengeServer === undefined ? undefined : { server, challengeServer };
}

/** As {@link findPebble}; as root on Debian it installs the package. Does not throw: says why there is none. */
export async function ensurePebble(): Promise<PebblePrograms | undefined> {
  const found = findPebble();
  if (found !== undefined) return found;
  if (process.platform !== 'linux' || process.getuid?.() !== 0 || onPath('apt-get') === undefined) {
    console.log(`  ${pebbleMissing}`);
    return undefined;
  }
  console.log('› Installing Pebble with apt-get');
  const options = {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    quiet: true,
    timeoutMs: aptTimeoutMs,
  };
  const install = ['-o', 'DPkg::Lock::Timeout=300', 'install', '-y', '--no-install-recommends', 'pebble'];
  try {
    await run('apt-get', ['update'], options);
    await run('apt-get', install, options);
  } catch (error) {
    console.log(`  Pebble could not be installed: ${error instanceof Error ? error.message : String(error)}`);
  }
  return findPebble();
}

export const pebbleMissing =
  'Tests against an ACME server are skipped: Pebble is not installed (as root on Debian: apt-get install pebble).';

function onPath(name: string): string | undefined {
  const suffix = process.platform === 'win32' ? '.exe' : '';
  return (process.env.PATH ?? '')
    .split(delimiter)
    .map((folder) => join(folder, `${name}${suffix}`))
    .find((path) => existsSync(path));
}

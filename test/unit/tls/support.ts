import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger } from '../../../src/core/logger';
import type { TlsEvent } from '../../../src/core/tls';
import { Keeper } from '../../../src/tls/keeper';
import type { KeeperDeps } from '../../../src/tls/keeper-deps';
import { FakeClock } from '../../helpers/fake-clock';

export const dayMs = 24 * 60 * 60_000;

/** A folder that goes with the test. */
export async function temporaryFolder(): Promise<{ readonly path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'flm-tls-'));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

/** The next time the keeper says something. Ask before making it happen. */
export function nextChange(keeper: Keeper): Promise<void> {
  return new Promise((resolve) => {
    const listening = keeper.onDidChange(() => {
      listening.dispose();
      resolve();
    });
  });
}

/** A keeper with a clock that stands still, and what it told. */
export function makeKeeper(folder: string, deps: Partial<KeeperDeps> = {}) {
  const clock = new FakeClock();
  const events: TlsEvent[] = [];
  const keeper = new Keeper({
    folder,
    clock,
    logger: silentLogger,
    // The gateway's own waits for the disk, which is not what is tested here.
    writeFile: (path, content) => writeFile(path, content, { mode: 0o600 }),
    hostNames: () => ['buildbox', 'buildbox.local'],
    onEvent: (event) => events.push(event),
    random: () => 0.5,
    ...deps,
  });
  return { keeper, clock, events };
}

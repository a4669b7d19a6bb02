import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { probePipe } from './pipe-liveness';

const socketName = /^gw-[0-9a-z]{12}\.sock$/;
const strayAgeMs = 60_000;

/** Removes socket files that killed gateways left in a folder. Young ones are spared: they may be about to listen. */
export async function removeStraySockets(folder: string, now: number): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    if (!socketName.test(name)) continue;
    const path = join(folder, name);
    const age = await stat(path).then(
      ({ mtimeMs }) => now - mtimeMs,
      () => 0,
    );
    if (age > strayAgeMs && (await probePipe(path)) === 'dead') await rm(path, { force: true }).catch(() => undefined);
  }
}

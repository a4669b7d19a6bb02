import { createHash } from 'node:crypto';
import { chmodSync, lstatSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomId } from '../../core/random-id';

/** `sun_path` holds 104 bytes on macOS and 108 on Linux, with the final zero (unix(4), unix(7)). */
const maxSocketPathBytes = 103;

export interface PipePlace {
  readonly platform: NodeJS.Platform;
  readonly dataDir: string;
  /** `XDG_RUNTIME_DIR`: per user, mode 0700, short. */
  readonly runtimeDir: string | undefined;
  readonly tempDir: string;
  /** Undefined on Windows. */
  readonly uid: number | undefined;
}

/** This process's answer to where a pipe may lie. */
export function pipePlace(dataDir: string): PipePlace {
  return {
    platform: process.platform,
    dataDir,
    runtimeDir: process.env.XDG_RUNTIME_DIR,
    tempDir: tmpdir(),
    uid: process.getuid?.(),
  };
}

/**
 * A fresh pipe name that no other user can listen on or guess. Unix: a socket in the data folder, or, where that path
 * is too long for a socket, in a private folder (0700) of the runtime or temporary folder. Windows: a random name.
 *
 * Throws when the private folder belongs to somebody else or cannot be made.
 */
export function createPipeAddress(place: PipePlace): string {
  const random = randomId(12);
  if (place.platform === 'win32') return `\\\\.\\pipe\\flm-${randomId(24)}`;

  const name = `gw-${random}.sock`;
  const direct = join(place.dataDir, name);
  if (Buffer.byteLength(direct) <= maxSocketPathBytes) return direct;
  // One folder per data folder, so that what a killed owner left there can be told and removed.
  const hash = createHash('sha256').update(place.dataDir).digest('hex').slice(0, 12);
  const bases = [place.runtimeDir, place.tempDir, '/tmp'].filter((base) => base !== undefined && base !== '');
  for (const base of bases as string[]) {
    const folder = join(base, `flm-${place.uid ?? 0}-${hash}`);
    if (Buffer.byteLength(join(folder, name)) > maxSocketPathBytes) continue;
    if (makePrivateFolder(folder, place.uid)) return join(folder, name);
  }
  throw new Error(`No folder for the gateway's socket: ${place.dataDir} is too long and ${place.tempDir} unusable.`);
}

/** Makes a folder only its owner can enter. False when it cannot be, or is a link or somebody else's. */
export function makePrivateFolder(folder: string, uid: number | undefined): boolean {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const stat = lstatSync(folder);
    if (!stat.isDirectory() || (uid !== undefined && stat.uid !== uid)) return false;
    if ((stat.mode & 0o077) !== 0 && uid !== undefined) chmodSync(folder, 0o700);
    return true;
  } catch {
    return false;
  }
}

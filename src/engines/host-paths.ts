import { posix, win32 } from 'node:path';
import type { HostEnvironment } from './host-environment';

/** Path rules of the machine looked at, which in tests is not the one the tests run on. */
function rules(host: HostEnvironment): typeof posix {
  return host.platform === 'win32' ? win32 : posix;
}

export function joinPath(host: HostEnvironment, ...parts: readonly string[]): string {
  return rules(host).join(...parts);
}

/** Where a program of this name is found by a shell of the user; undefined if nowhere. */
export async function findOnPath(host: HostEnvironment, program: string): Promise<string | undefined> {
  const separator = host.platform === 'win32' ? ';' : ':';
  const folders = (host.env('PATH') ?? host.env('Path') ?? '').split(separator);
  const names = host.platform === 'win32' ? [`${program}.exe`, `${program}.cmd`] : [program];
  const paths = folders
    .map((folder) => folder.trim().replace(/^"|"$/g, ''))
    .filter((folder) => folder !== '' && rules(host).isAbsolute(folder))
    .slice(0, 200)
    .flatMap((folder) => names.map((name) => joinPath(host, folder, name)));
  return firstThatExists(host, paths);
}

/** The first existing of the paths, all asked at once. */
export async function firstThatExists(host: HostEnvironment, paths: readonly string[]): Promise<string | undefined> {
  const found = await Promise.all(paths.map((path) => host.exists(path)));
  return paths[found.indexOf(true)];
}

import { percentDecode } from '../intrusion/percent-decode';

/** Longer paths are cut: nothing that is looked for is longer. */
const maxPath = 1024;

/** Path of a request target as traps and counters compare it: decoded, lower-case, plain, without query. */
export function readPath(target: string): string {
  const end = target.indexOf('?');
  const path = (end === -1 ? target : target.slice(0, end)).slice(0, maxPath);
  const decoded = path.includes('%') ? percentDecode(path, false).text : path;
  return decoded
    .toLowerCase()
    .replaceAll('\\', '/')
    .replace(/\/{2,}/g, '/')
    .replace(/(?:\/\.)+(?=\/)/g, '');
}

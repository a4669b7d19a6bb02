import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { errorCodeOf } from './file-system';

/** What a lock needs to know of processes, as a port. */
export interface ProcessProbe {
  readonly pid: number;
  readonly host: string;
  /** A process of that number exists (it may belong to someone else, or be a later one with a reused number). */
  isAlive(pid: number): boolean;
  /** When the process started, in a form that only makes sense to compare; undefined where that is not cheap to learn. */
  startMark(pid: number): Promise<string | undefined>;
}

export const nodeProcessProbe: ProcessProbe = {
  pid: process.pid,
  host: hostname(),

  isAlive(pid) {
    try {
      process.kill(pid, 0);
      return true;
    } catch (error) {
      return errorCodeOf(error) === 'EPERM'; // It exists and is not ours.
    }
  },

  async startMark(pid) {
    if (process.platform !== 'linux') return undefined;
    try {
      const [stat, boot] = await Promise.all([
        readFile(`/proc/${pid}/stat`, 'utf8'),
        readFile('/proc/sys/kernel/random/boot_id', 'utf8'),
      ]);
      // proc(5): the name in parentheses may hold anything; `starttime` is field 22, the 20th after it.
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return fields[19] === undefined ? undefined : `${boot.trim()}/${fields[19]}`;
    } catch {
      return undefined;
    }
  },
};

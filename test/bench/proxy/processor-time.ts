import { readdirSync, readFileSync } from 'node:fs';

/**
 * Microseconds on a processor by thread of a process, as the kernel counts them (`/proc/PID/task/TID/schedstat`). Says
 * what a request costs however busy the machine is. Linux only; empty elsewhere.
 */
export function threadTimes(pid: number): ReadonlyMap<string, number> {
  const times = new Map<string, number>();
  try {
    for (const thread of readdirSync(`/proc/${pid}/task`)) {
      const [ns = NaN] = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ').map(Number);
      times.set(thread, ns / 1000);
    }
  } catch {
    return times; // a thread ended meanwhile, or there is no such file
  }
  return times;
}

/** What the busiest thread has used since; NaN where it is not known. */
export function busiest(before: ReadonlyMap<string, number>, after: ReadonlyMap<string, number>): number {
  const used = [...after].map(([thread, us]) => us - (before.get(thread) ?? 0));
  return used.length === 0 ? Number.NaN : Math.max(...used);
}

import { readdirSync, readFileSync } from 'node:fs';

/** What a process holds. Linux; NaN elsewhere. */
export interface ProcessSize {
  readonly residentMiB: number;
  readonly files: number;
}

export function processSize(pid: number): ProcessSize {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return {
      residentMiB: Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024,
      files: readdirSync(`/proc/${pid}/fd`).length,
    };
  } catch {
    return { residentMiB: Number.NaN, files: Number.NaN };
  }
}

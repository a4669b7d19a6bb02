import { cpus, freemem, platform, totalmem } from 'node:os';
import { monitorEventLoopDelay, type IntervalHistogram } from 'node:perf_hooks';
import { mem } from 'systeminformation';
import type { LoadReading } from './resource-throttle';

/** Reads the machine's load. */
export interface LoadSource {
  /** Resolves with what could be read; never rejects, never blocks the event loop for more than a millisecond. */
  read(at: number): Promise<LoadReading>;
  dispose(): void;
}

interface CpuTimes {
  readonly busy: number;
  readonly total: number;
}

const nanosPerMs = 1e6;

/**
 * CPU from `os.cpus()` (0.7 ms), memory from systeminformation's `mem()`, which reads a file on Linux and asks `vm_stat`
 * asynchronously on macOS. Not used: `currentLoad()`, which blocks the event loop for 10–25 ms on Linux, and `mem()` on
 * Windows, which starts a PowerShell where `os.freemem()` is exact.
 */
export class ResourceSampler implements LoadSource {
  readonly #delay: IntervalHistogram = monitorEventLoopDelay({ resolution: 20 });
  #before: CpuTimes = cpuTimes();

  constructor() {
    this.#delay.enable();
  }

  async read(at: number): Promise<LoadReading> {
    const cpu = this.#readCpu();
    // The histogram counts the 20 ms it waits anyway.
    const p99 = this.#delay.percentile(99) / nanosPerMs - 20;
    this.#delay.reset();
    const memory = await readMemory();
    return { at, cpu, memory, eventLoopDelayMs: Number.isFinite(p99) ? Math.max(0, p99) : undefined };
  }

  dispose(): void {
    this.#delay.disable();
  }

  #readCpu(): number | undefined {
    const now = cpuTimes();
    const total = now.total - this.#before.total;
    const busy = now.busy - this.#before.busy;
    if (total <= 0) return undefined;
    this.#before = now;
    return Math.min(1, Math.max(0, busy / total));
  }
}

async function readMemory(): Promise<number | undefined> {
  try {
    if (platform() === 'win32') return 1 - freemem() / totalmem();
    const { available, total } = await mem();
    return total > 0 ? 1 - available / total : undefined;
  } catch {
    return undefined;
  }
}

function cpuTimes(): CpuTimes {
  let busy = 0;
  let total = 0;
  for (const { times } of cpus()) {
    const used = times.user + times.nice + times.sys + times.irq;
    busy += used;
    total += used + times.idle;
  }
  return { busy, total };
}

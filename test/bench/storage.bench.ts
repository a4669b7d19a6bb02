import { readFileSync } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { AuditEvent } from '../../src/core/audit';
import { defaultRetention } from '../../src/core/audit-query';
import type { AuditQuery } from '../../src/core/audit-query';
import { systemClock } from '../../src/core/clock';
import { silentLogger } from '../../src/core/logger';
import type { AccessRecord } from '../../src/core/request';
import { Storage } from '../../src/storage/storage';
import { threadTimes } from './proxy/processor-time';

export const name = 'storage';

const goals = { rowsPerSecond: 20_000, stallMs: 5, firstPageMs: 20 };
const kinds = ['auth.failure', 'detection.intrusion', 'throttle.rate', 'block.added', 'auth.success'] as const;
const severityOf = ['low', 'medium', 'low', 'high', 'info'] as const;

function eventNo(index: number): AuditEvent {
  const turn = index % kinds.length;
  return {
    kind: kinds[turn] ?? 'auth.failure',
    severity: severityOf[turn] ?? 'info',
    at: Date.now(),
    requestId: `req_${String(index).padStart(24, '0')}`,
    address: `198.51.${(index >> 4) % 200}.${index % 250}`,
    route: '/v1/chat/completions',
    engineId: 'ollama',
    modelId: 'llama3.2:3b',
    status: 401,
    latencyMs: (index % 1000) / 10,
    rule: 'auth-guessing',
    evidence: `wrong key number ${index}, seen in the Authorization header of a chat request`,
  };
}

interface Stall {
  readonly tookMs: number;
  /** Longest time the event loop of this thread stood still. */
  readonly stallMs: number;
  /** The same without the time this thread had work but got no processor (Linux; elsewhere equal to `stallMs`). */
  readonly ownMs: number;
  /**
   * Longest processor time of this thread between two turns of its loop (Linux; elsewhere 0). What `ownMs` is longer, it
   * slept inside of V8: until helpers of a collection, or whoever held a lock, got a processor.
   */
  readonly workMs: number;
}

/** What the main thread used of a processor and how long it waited for one: schedstat (proc(5)). */
function processorMs(): { readonly used: number; readonly waited: number } {
  try {
    const [used = 0, waited = 0] = readFileSync('/proc/self/schedstat', 'utf8').split(' ').map(Number);
    return { used: used / 1e6, waited: waited / 1e6 };
  } catch {
    return { used: 0, waited: 0 };
  }
}

async function stallDuring(work: () => Promise<unknown>): Promise<Stall> {
  await new Promise((resolve) => setTimeout(resolve, 50));
  const periodMs = 1;
  const delay = monitorEventLoopDelay({ resolution: periodMs });
  let ownMs = 0;
  let workMs = 0;
  let last = performance.now();
  let before = processorMs();
  const sample = () => {
    const now = performance.now();
    const { used, waited } = processorMs();
    ownMs = Math.max(ownMs, now - last - (waited - before.waited) - periodMs);
    workMs = Math.max(workMs, used - before.used);
    last = now;
    before = { used, waited };
  };
  const timer = setInterval(sample, periodMs);
  delay.enable();
  const begin = performance.now();
  await work();
  const tookMs = performance.now() - begin;
  await new Promise((resolve) => setTimeout(resolve, 5));
  delay.disable();
  clearInterval(timer);
  return { tookMs, stallMs: Math.max(0, delay.max / 1e6 - periodMs), ownMs, workMs };
}

/** What the loop of an idle process stalls on this machine now: what the other figures must be read against. */
async function noise(print: (line: string) => void): Promise<void> {
  const { stallMs, ownMs } = await stallDuring(() => new Promise((resolve) => setTimeout(resolve, 2_000)));
  print(
    `idle for 2 s: longest stall ${stallMs.toFixed(1)} ms, ${ownMs.toFixed(1)} ms without waiting for a processor (this machine's noise)`,
  );
}

/** Records rows as requests would: a few per turn of the event loop. */
async function fill(storage: Storage, from: number, count: number): Promise<void> {
  const perTurn = 20;
  for (let index = from; index < from + count; index += perTurn) {
    for (let inner = index; inner < Math.min(index + perTurn, from + count); inner++) storage.record(eventNo(inner));
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** 2,000 rows a second for three seconds: far more than any machine's requests, far less than a flood. */
async function pace(storage: Storage): Promise<void> {
  for (let turn = 0; turn < 300; turn++) {
    for (let index = 0; index < 20; index++) storage.record(eventNo(turn * 20 + index));
    await new Promise((resolve) => setTimeout(resolve, 9));
  }
}

function recordNo(index: number): AccessRecord {
  return {
    requestId: `req_${String(index).padStart(24, '0')}`,
    at: Date.now(),
    identity: { type: 'key', keyId: `key${index % 10}`, label: `laptop ${index % 10}` },
    address: `192.168.1.${index % 20}`,
    method: 'POST',
    route: '/v1/chat/completions',
    path: '/v1/chat/completions',
    engineId: 'ollama',
    modelId: 'ollama/llama3.2:3b',
    status: 200,
    outcome: 'ok',
    isStream: index % 2 === 0,
    durationMs: 1_000 + index / 7,
    queueMs: 0,
    firstTokenMs: 100 + index / 13,
    tokensIn: index % 1_000,
    tokensOut: index % 500,
    bytesIn: 2_000,
    bytesOut: 10_000,
    userAgent: 'OpenAI/JS 6.1.0',
  };
}

/** Access records at a steady rate, however late the timers are. */
async function paceRecords(storage: Storage, perSecond: number, seconds: number): Promise<number> {
  const begin = performance.now();
  let done = 0;
  for (let elapsed = 0; elapsed < seconds * 1000; elapsed = performance.now() - begin) {
    for (const due = (elapsed / 1000) * perSecond; done < due; done++) storage.recordAccess(recordNo(done));
    await new Promise((resolve) => setTimeout(resolve, 4));
  }
  await storage.queryAccess({ limit: 1 });
  return done;
}

/** What a record costs on each thread, journal, database and saves included. Linux only. */
async function benchCost(perSecond: number, print: (line: string) => void): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'flm-bench-'));
  const storage = new Storage({ folder, clock: systemClock, logger: silentLogger });
  try {
    await storage.start();
    await paceRecords(storage, perSecond, 3);
    const before = threadTimes(process.pid);
    const records = await paceRecords(storage, perSecond, 8);
    const after = threadTimes(process.pid);
    if (after.size === 0) return;
    const used = [...after].map(([thread, us]) => [thread, (us - (before.get(thread) ?? 0)) / records] as const);
    const main = used.find(([thread]) => thread === String(process.pid))?.[1] ?? 0;
    const others = used.flatMap(([thread, us]) => (thread === String(process.pid) ? [] : [us])).sort((a, b) => b - a);
    const [worker = 0, ...rest] = others;
    const restUs = rest.reduce((sum, us) => sum + us, 0);
    print(
      `${perSecond} access records/s: ${(main + worker + restUs).toFixed(1)} µs of processor time each: requests' thread ` +
        `${main.toFixed(1)} (the timers that pace included), database ${worker.toFixed(1)}, disk and collector ${restUs.toFixed(1)}`,
    );
  } finally {
    await storage.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

const queries: readonly (readonly [string, AuditQuery])[] = [
  ['newest', {}],
  ['by kind', { kinds: ['block.added'] }],
  ['by kind that never occurs', { kinds: ['key.rotated'] }],
  ['by severities', { severities: ['high', 'critical'] }],
  ['by address', { address: '198.51.7.7' }],
  ['by text, common', { text: 'wrong key' }],
  ['by text, rare', { text: 'number 77777,' }],
  ['by text, never', { text: 'no such words' }],
  ['by kind and text', { kinds: ['auth.failure'], text: 'no such words' }],
];

function verdict(isMet: boolean): string {
  return isMet ? 'ok' : 'MISSED';
}

async function benchSize(size: number, print: (line: string) => void): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'flm-bench-'));
  const storage = new Storage({
    folder,
    clock: systemClock,
    logger: silentLogger,
    save: { quietMs: 1e8, maxDelayMs: 1e8 },
  });
  try {
    await storage.start();
    await storage.queryAudit({ limit: 1 });
    const label = `${size / 1000}k rows`;
    const cpuBefore = process.cpuUsage();
    const batching = await stallDuring(async () => {
      await fill(storage, 0, size);
      await storage.flushed();
      await storage.queryAudit({ limit: 1 });
    });
    const cpu = process.cpuUsage(cpuBefore);
    const rate = Math.round((size / batching.tookMs) * 1000);
    print(
      `${label}: ${rate} rows/s recorded, journaled and stored (goal ${goals.rowsPerSecond}: ${verdict(rate >= goals.rowsPerSecond)})`,
    );
    print(`${label}: ${((cpu.user + cpu.system) / size).toFixed(1)} µs of CPU a row, both threads together`);
    const saving = await stallDuring(() => storage.saveNow());
    const { size: bytes } = await stat(join(folder, 'flm.db'));
    print(
      `${label}: ${Math.round(bytes / size)} bytes a row, ${(bytes / 1e6).toFixed(1)} MB, saved in ${saving.tookMs.toFixed(0)} ms`,
    );
    storage.setRetention({ ...defaultRetention, maxRows: size / 2 });
    const verifying = await stallDuring(() => storage.verify());
    const times: string[] = [];
    let slowest = 0;
    for (const [what, query] of queries) {
      const runs: number[] = [];
      for (let round = 0; round < 5; round++) {
        const begin = performance.now();
        await storage.queryAudit(query);
        runs.push(performance.now() - begin);
      }
      const median = runs.sort((a, b) => a - b)[2] ?? 0;
      slowest = Math.max(slowest, median);
      times.push(`${what} ${median.toFixed(1)}`);
    }
    print(
      `${label}: first page in ms, median of 5: ${times.join(' · ')} (goal ${goals.firstPageMs}: ${verdict(slowest <= goals.firstPageMs)})`,
    );
    const pacing = await stallDuring(() => pace(storage));
    const retaining = await stallDuring(() => storage.retain());
    for (const [what, { stallMs, ownMs, workMs, tookMs }] of Object.entries({
      'batching as fast as it goes': batching,
      'batching 2,000 rows a second': pacing,
      saving,
      verifying,
      retaining,
    })) {
      print(
        `${label}: longest stall while ${what} ${stallMs.toFixed(1)} ms of ${tookMs.toFixed(0)} ms, ` +
          `${ownMs.toFixed(1)} ms without waiting for a processor (goal ${goals.stallMs}: ${verdict(ownMs <= goals.stallMs)}), ` +
          `${workMs.toFixed(1)} ms of it work of this thread`,
      );
    }
  } finally {
    await storage.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Rates, stalls, sizes and search times of storage, with the database in its worker as in the product. */
export async function run(print: (line: string) => void): Promise<void> {
  await noise(print);
  for (const perSecond of [400, 4_000]) await benchCost(perSecond, print);
  for (const size of [1_000, 10_000, 100_000]) await benchSize(size, print);
}

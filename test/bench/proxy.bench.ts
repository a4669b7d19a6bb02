import { readFileSync } from 'node:fs';
import { freePort } from '../../scripts/lib/free-port';
import type { Measurement } from '../../scripts/lib/run-benches';
import { HeadlessGateway } from '../helpers/headless-gateway';
import { builtGateway } from '../integration/gateway/built-gateway';
import { runChild, startChild, type Child } from './proxy/child';
import type { Rates } from './proxy/load-requests';
import type { Streams, StreamTimes } from './proxy/load-streams';
import { startNginx } from './proxy/nginx';

export const name = 'Proxy against @fastify/http-proxy and nginx';

interface Target {
  readonly name: string;
  readonly url: string;
  readonly key?: string;
  readonly model: string;
  readonly pid?: number | undefined;
}

const connections = 32;

/**
 * One run, everything side by side: a null engine directly, through FLM with every security service enforcing, audit on
 * and an API key, through `@fastify/http-proxy`, and through nginx where it is installed. Each is a process of its own.
 */
export async function run(print: (line: string) => void): Promise<readonly Measurement[]> {
  const cleanups: (() => unknown)[] = [];
  try {
    const engine = await started(startChild('null-engine'), cleanups);
    const engineUrl = `http://127.0.0.1:${engine.line}`;
    const rival = await started(startChild('rival-proxy', engineUrl), cleanups);
    const nginx = await startNginx(engineUrl, await freePort());
    if (nginx !== undefined) cleanups.push(() => nginx.stop());
    else print('without nginx, which is not installed');
    const gateway = await HeadlessGateway.start({ engineUrl });
    cleanups.push(() => gateway.dispose());
    const key = await guard(gateway);

    const direct: Target = { name: 'direct', url: engineUrl, model: 'null' };
    const flm: Target = { name: 'FLM', url: gateway.url, key, model: 'sim/null', pid: gateway.line.pid };
    const rivalUrl = `http://127.0.0.1:${rival.line}`;
    const other: Target = { name: '@fastify/http-proxy', url: rivalUrl, model: 'null', pid: rival.process.pid };
    const targets = [
      direct,
      flm,
      other,
      ...(nginx === undefined ? [] : [{ name: 'nginx', url: nginx.url, model: 'null' }]),
    ];

    const idleMiB = residentMiB(gateway.line.pid);
    const results = [
      ...(await throughput(targets, print)),
      ...(await latency(targets, print)),
      ...(await streaming(targets, print)),
      ...(await thousandStreams(flm, gateway.line.pid, idleMiB)),
    ];
    return [...results, ...(await besideBusyHost(engineUrl, print))];
  } finally {
    for (const cleanup of cleanups.reverse()) await cleanup();
  }
}

async function started(starting: Promise<Child>, cleanups: (() => unknown)[]): Promise<Child> {
  const child = await starting;
  cleanups.push(() => child.stop());
  return child;
}

/** Everything enforces; the limits are out of the way, so that it is FLM which is measured. */
async function guard(gateway: Pick<HeadlessGateway, 'setPolicy' | 'createKey'>): Promise<string> {
  const many = 1_000_000;
  await gateway.setPolicy({
    mode: 'enforce',
    rateLimits: { addressPerMinute: many, keyPerMinute: many, keyConcurrency: 10_000, slots: 10_000 },
    anomaly: {
      requestsPerSecond: many,
      requestsPerMinute: many,
      identicalPerMinute: 100_000,
      connectionsPerAddress: 65_535,
    },
    resources: { engagePercent: 100, releasePercent: 99 },
  });
  return (await gateway.createKey('bench')).secret;
}

async function throughput(targets: readonly Target[], print: (line: string) => void): Promise<Measurement[]> {
  const loads = await runChild<Rates[]>(
    'load-requests',
    JSON.stringify({ targets, connections, seconds: 3, rounds: 5 }),
  );
  for (const [at, { name: what }] of targets.entries()) {
    const { perSecond = [], busiestUs = [] } = loads[at] ?? {};
    const cost = busiestUs.length === 0 ? '' : `, ${Math.min(...busiestUs).toFixed(0)} µs of one processor each`;
    print(
      `${what.padEnd(22)}${Math.round(median(perSecond)).toString().padStart(8)} requests/s (${connections} connections)${cost}`,
    );
  }
  const rates = loads.map(({ perSecond }) => perSecond);
  const leastUs = (at: number): number => Math.min(...(loads[at]?.busiestUs ?? [Number.NaN]));
  const ratioTo = (what: string): number | undefined => {
    const at = targets.findIndex((target) => target.name === what);
    if (at < 0) return undefined;
    return median((rates[1] ?? []).map((rate, round) => rate / (rates[at]?.[round] ?? Number.NaN)));
  };
  const rival = ratioTo('@fastify/http-proxy') ?? Number.NaN;
  const nginx = ratioTo('nginx');
  return [
    {
      what: 'requests/s, as a multiple of @fastify/http-proxy',
      value: rival,
      unit: '×',
      goal: '≥ 1.4 ×',
      meetsGoal: rival >= 1.4,
      note: 'median of 5 rounds, every service enforcing',
    },
    {
      what: 'requests per processor second, as a multiple of the same',
      value: leastUs(2) / leastUs(1),
      unit: '×',
      note: 'busiest thread, lowest of 5 rounds: what a busy machine cannot change',
    },
    ...(nginx === undefined ? [] : [{ what: 'requests/s, as a multiple of nginx', value: nginx, unit: '×' }]),
  ];
}

async function latency(targets: readonly Target[], print: (line: string) => void): Promise<Measurement[]> {
  const times = await runChild<number[][]>('load-latency', JSON.stringify({ targets, requests: 4000 }));
  for (const [at, { name: what }] of targets.entries()) {
    print(
      `${what.padEnd(22)}p50 ${ms(percentile(times[at] ?? [], 50))}, p99 ${ms(percentile(times[at] ?? [], 99))} (one client)`,
    );
  }
  const added = percentile(times[1] ?? [], 50) - percentile(times[0] ?? [], 50);
  return [
    {
      what: 'added to a request, p50, one client',
      value: added,
      unit: 'ms',
      goal: '≤ 0.25 ms',
      meetsGoal: added <= 0.25,
      note: `@fastify/http-proxy adds ${ms(percentile(times[2] ?? [], 50) - percentile(times[0] ?? [], 50))}`,
    },
  ];
}

const manyStreams = 128;

async function streaming(targets: readonly Target[], print: (line: string) => void): Promise<Measurement[]> {
  const rounds = 3;
  // Code that has not run yet is compiled meanwhile, which is no delay of streams.
  for (const target of targets) await streams(target, manyStreams, 100);
  const firsts: number[][] = targets.map(() => []);
  const delays: number[][] = targets.map(() => []);
  for (let round = 0; round < rounds; round++) {
    for (const [at, target] of targets.entries()) {
      const { firstToken, delay } = await streams(target, manyStreams, 250);
      firsts[at]?.push(percentile(firstToken, 99));
      delays[at]?.push(percentile(delay, 99));
      print(
        `${manyStreams} streams, ${target.name}: first token p50 ${ms(percentile(firstToken, 50))} p99 ${ms(percentile(firstToken, 99))}, per chunk p50 ${ms(percentile(delay, 50))} p99 ${ms(percentile(delay, 99))}`,
      );
    }
  }
  /** What a target adds to the direct way, round by round. */
  const added = (times: readonly number[][], at: number): number[] =>
    (times[at] ?? []).map((time, round) => time - (times[0]?.[round] ?? Number.NaN));
  const others = (times: readonly number[][]): string =>
    targets.map(({ name: what }, at) => (at < 2 ? '' : `; ${what} adds ${ms(median(added(times, at)))}`)).join('');
  const [first, delay] = [added(firsts, 1), added(delays, 1)];
  return [
    {
      what: `added to the first token, p99, ${manyStreams} streams`,
      value: median(first),
      unit: 'ms',
      goal: '≤ 5 ms',
      meetsGoal: median(first) <= 5,
      note: `50 tokens/s each, ${rounds} runs: ${first.map(ms).join(', ')}${others(firsts)}`,
    },
    {
      what: `added to a chunk, p99, ${manyStreams} streams`,
      value: median(delay),
      unit: 'ms',
      goal: '≤ 1 ms',
      meetsGoal: median(delay) <= 1,
      note: `${rounds} runs: ${delay.map(ms).join(', ')}${others(delays)}`,
    },
  ];
}

async function thousandStreams(flm: Target, pid: number, idleMiB: number): Promise<Measurement[]> {
  let peak = 0;
  const watch = setInterval(() => (peak = Math.max(peak, residentMiB(pid))), 200);
  const before = residentMiB(pid);
  const { whole } = await streams(flm, 1000, 150);
  clearInterval(watch);
  return [
    { what: 'of 1,000 streams at once, whole', value: whole, unit: '', goal: '1000', meetsGoal: whole === 1000 },
    {
      what: 'memory added while it holds them',
      value: peak - before,
      unit: 'MiB',
      goal: '≤ 40 MiB',
      meetsGoal: peak - before <= 40,
      note: `resident: ${idleMiB.toFixed(0)} MiB idle, ${before.toFixed(0)} before, ${peak.toFixed(0)} at the peak`,
    },
  ];
}

/** The gateway as VS Code runs it: a worker beside a main thread that is busy for 200 ms at a time. */
async function besideBusyHost(engineUrl: string, print: (line: string) => void): Promise<Measurement[]> {
  const { gatewayFile } = await builtGateway();
  const p50s: number[] = [];
  for (const blocks of [false, true]) {
    const prepared = HeadlessGateway.prepare();
    const port = await freePort();
    const settings = {
      'engines.detect': false,
      'engines.addresses': [{ url: engineUrl, id: 'sim', kind: 'openai' }],
      'proxy.autoStart': true,
      'proxy.port': port,
    };
    const host = await startChild('busy-host', gatewayFile, prepared.dataDir, JSON.stringify(settings), String(blocks));
    try {
      await prepared.connect();
      const target = { url: `http://127.0.0.1:${port}`, key: await guard(prepared), model: 'sim/null' };
      await prepared.until('the model is published', async () => {
        const { engines } = await prepared.request('engines/refresh', {});
        return engines.some(({ models }) => models.length > 0) ? true : undefined;
      });
      const [times] = await runChild<number[][]>('load-latency', JSON.stringify({ targets: [target], requests: 2000 }));
      p50s.push(percentile(times ?? [], 50));
      print(
        `main thread ${blocks ? 'blocked' : 'idle   '}: p50 ${ms(percentile(times ?? [], 50))}, p99 ${ms(percentile(times ?? [], 99))}`,
      );
    } finally {
      host.stop();
      await prepared.dispose();
    }
  }
  const [idle = Number.NaN, busy = Number.NaN] = p50s;
  return [
    {
      what: 'p50 beside a blocked main thread, against an idle one',
      value: busy / idle,
      unit: '×',
      note: 'on two processors the blocked thread takes one of them',
    },
  ];
}

function streams(target: Target, count: number, chunks: number): Promise<StreamTimes> {
  const wanted: Streams = { target, streams: count, chunks };
  return runChild<StreamTimes>('load-streams', JSON.stringify(wanted));
}

/** Linux only; NaN elsewhere. */
function residentMiB(pid: number): number {
  try {
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
  } catch {
    return Number.NaN;
  }
}

function percentile(sorted: readonly number[], percent: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * percent) / 100))] ?? Number.NaN;
}

function median(values: readonly number[]): number {
  return percentile(
    [...values].sort((a, b) => a - b),
    50,
  );
}

function ms(value: number): string {
  return `${value.toFixed(2)} ms`;
}

import { startLlamaServer } from '../../test/helpers/engines/llama-server';
import { startLmStudio } from '../../test/helpers/engines/lmstudio';
import { startOllama } from '../../test/helpers/engines/ollama';
import { startVllm } from '../../test/helpers/engines/vllm';
import { HeadlessGateway } from '../../test/helpers/headless-gateway';
import { Disturbances, soakPolicy } from './disturbances';
import { processSize, type ProcessSize } from './process-size';
import { Random } from './random';
import { Traffic } from './traffic';

export interface SoakOptions {
  readonly minutes: number;
  readonly seed: number;
}

const clients = 16;
const everyMs = 1500;
/** Between the second third and the last, each by its lowest reading: what garbage collection leaves. Besides records. */
const maxGrowthMiB = 24;
/** The database is in memory: a request's record with its indexes (measured: a saved file of 36.7 MB has 137,658). */
const bytesPerRecord = 266;
const maxMoreFiles = 40;
const settleMs = 5000;

/** Runs, prints what happened, and says whether all of it may happen. */
export async function runSoak({ minutes, seed }: SoakOptions): Promise<boolean> {
  console.log(`${minutes} min, ${clients} clients, --seed=${seed}`);
  const engines = await Promise.all([startOllama(), startVllm(), startLmStudio(), startLlamaServer()]);
  const settings = { 'engines.detect': false, 'engines.addresses': engines.map(({ url }) => ({ url })) };
  const gateway = await HeadlessGateway.start({ settings });
  try {
    await gateway.setPolicy(soakPolicy(30));
    const { secret } = await gateway.createKey('soak');
    const models = await chatModels(gateway, secret, engines.length);
    const random = new Random(seed);
    const disturbances = new Disturbances(gateway, engines, settings, secret, new Random(seed + 1));
    const traffic = new Traffic({ url: gateway.url, key: () => disturbances.key, models, random, clients });
    const before = processSize(gateway.line.pid);
    const sizes: Reading[] = [];
    traffic.start();
    const end = Date.now() + minutes * 60_000;
    while (Date.now() < end) {
      await new Promise((resolve) => setTimeout(resolve, everyMs));
      await disturbances.next();
      sizes.push({ ...processSize(gateway.line.pid), sent: traffic.counts.sent });
      for (const engine of engines) {
        engine.requests.length = 0; // the simulators remember everything; their memory is not what is measured
      }
    }
    await traffic.stop();
    await new Promise((resolve) => setTimeout(resolve, settleMs));
    const checks = [
      ...judgeTraffic(traffic),
      ...judgeSize(before, sizes, processSize(gateway.line.pid)),
      judgeEngines(engines.flatMap(({ generations }) => generations)),
      await judgeInFlight(gateway),
      await judgeRecords(gateway, traffic.counts.requestIds),
      await judgeChain(gateway),
    ];
    const { sent, aborted, engineErrors, byKind } = traffic.counts;
    console.log(`${sent} requests, ${aborted} left by their client, ${engineErrors} errors of restarted engines`);
    console.log(`  ${[...byKind].map(([kind, count]) => `${kind} ${count}`).join(', ')}`);
    console.log(`  ${[...disturbances.counts].map(([what, count]) => `${what} ${count}×`).join(', ')}`);
    for (const { ok, what } of checks) console.log(`  ${ok ? '✓' : '✗'} ${what}`);
    if (checks.some(({ ok }) => !ok)) console.log(gateway.log.slice(-2000));
    return checks.every(({ ok }) => ok);
  } finally {
    await gateway.dispose();
    await Promise.all(engines.map((engine) => engine.stop()));
  }
}

interface Check {
  readonly ok: boolean;
  readonly what: string;
}

async function chatModels(gateway: HeadlessGateway, key: string, engineCount: number): Promise<readonly string[]> {
  const { engines } = await gateway.until('all engines are there', async () => {
    const snapshot = await gateway.request('engines/refresh', {});
    return snapshot.engines.filter(({ models }) => models.length > 0).length === engineCount ? snapshot : undefined;
  });
  const chat = engines.flatMap(({ id, models }) =>
    models.filter(({ capabilities }) => capabilities.includes('chat')).map((model) => `${id}/${model.id}`),
  );
  const listed = await gateway.call('/v1/models', { key });
  return chat.filter((id) => listed.text.includes(JSON.stringify(id)));
}

function judgeTraffic({ counts }: Traffic): Check[] {
  const { faults } = counts;
  if (faults.length === 0) return [{ ok: true, what: 'no answer was wrong, no fault of the gateway itself' }];
  return faults.slice(0, 10).map((what) => ({ ok: false, what }));
}

/** @param sent requests until then */
type Reading = ProcessSize & { readonly sent: number };

function judgeSize(before: ProcessSize, readings: readonly Reading[], after: ProcessSize): Check[] {
  const third = Math.floor(readings.length / 3);
  const lowest = (part: readonly Reading[]): Reading | undefined =>
    part.toSorted((one, other) => one.residentMiB - other.residentMiB)[0];
  const middle = lowest(readings.slice(third, 2 * third)) ?? { residentMiB: Number.NaN, sent: 0 };
  const last = lowest(readings.slice(2 * third)) ?? middle;
  const recordsMiB = ((last.sent - middle.sent) * bytesPerRecord) / 2 ** 20;
  const growth = last.residentMiB - middle.residentMiB - recordsMiB;
  const moreFiles = after.files - before.files;
  return [
    {
      ok: !(growth > maxGrowthMiB),
      what: `memory: ${before.residentMiB.toFixed(0)} MiB before, ${after.residentMiB.toFixed(0)} after, ${growth.toFixed(1)} more in the last third than in the second (limit ${maxGrowthMiB}) besides ${recordsMiB.toFixed(1)} MiB of records`,
    },
    { ok: !(moreFiles > maxMoreFiles), what: `open files: ${before.files} before, ${after.files} after` },
  ];
}

function judgeEngines(generations: readonly { readonly state: string }[]): Check {
  const running = generations.filter(({ state }) => state === 'running').length;
  return { ok: running === 0, what: `${generations.length} generations at the engines, ${running} still running` };
}

async function judgeInFlight(gateway: HeadlessGateway): Promise<Check> {
  const { inFlight } = await gateway.request('proxy/start', {});
  return { ok: inFlight === 0, what: `${inFlight} requests still in flight` };
}

/** Every answer that began has its row. */
async function judgeRecords(gateway: HeadlessGateway, ids: readonly string[]): Promise<Check> {
  const missing = new Set(ids);
  let after: Parameters<typeof gateway.request<'access/query'>>[1]['after'];
  do {
    const page = await gateway.request('access/query', { limit: 1000, ...(after && { after }) });
    for (const row of page.rows) missing.delete(row.requestId);
    after = page.next;
  } while (after !== undefined && missing.size > 0);
  return { ok: missing.size === 0, what: `${ids.length} answers, ${missing.size} of them not on record` };
}

async function judgeChain(gateway: HeadlessGateway): Promise<Check> {
  const result = await gateway.request('audit/verify', { archives: true });
  return { ok: result.ok, what: `the audit log's chain is ${result.ok ? 'whole' : 'broken'}` };
}

import { readSets, type AgentRow, type RequestRow } from './evaluation-rows';
import { printReport } from './evaluation-report';
import { startEvalGateway, type EvalGateway } from './eval-gateway';
import { requestBytes, sendRaw } from './send-raw';

export interface EvaluationOptions {
  readonly json: boolean;
  /** Also list attacks that were not seen and honest requests that were. */
  readonly missed: boolean;
  readonly scans: number;
  readonly scale: number;
}

/** A row with whether something with points was recorded for it. */
export interface Judged<T> {
  readonly row: T;
  readonly isSeen: boolean;
  readonly rules: readonly string[];
}

export interface Results {
  readonly attacks: readonly Judged<RequestRow>[];
  readonly benign: readonly Judged<RequestRow>[];
  readonly sessions: number;
  readonly sessionsWarned: readonly string[];
  readonly sessionsBlocked: readonly string[];
  /** Requests until the scanner was blocked; undefined: not within the replay. */
  readonly scans: readonly (number | undefined)[];
  readonly agents: readonly Judged<AgentRow>[];
  readonly costs: readonly number[];
}

/** Requests of one scan replay. */
const SCAN_LENGTH = 100;
const SESSIONS_AT_ONCE = 8;

/** Runs all sets of a folder against a fresh gateway and prints what came of it. */
export async function runEvaluation(folder: string, options: EvaluationOptions): Promise<void> {
  const sets = readSets(folder);
  const validKeys = new Set(
    sets.benign.filter(({ expect_status }) => expect_status !== 401).flatMap(({ headers }) => credentialsOf(headers)),
  );
  // Pages of honest sessions are allowed, so that their requests get as far as the gate.
  const origins = sets.benign.flatMap(({ headers }) => headers?.['origin'] ?? []).slice(0, 100);
  const gateway = await startEvalGateway(options.scale, validKeys, [...new Set(origins)]);
  const addresses = addressMaker();
  try {
    const sessions = await replaySessions(gateway, sets.benign, addresses, options.scale);
    const attacks = await sendAttacks(gateway, sets.attacks, addresses);
    const costs = gateway.measureCosts();
    const scans = await replayScans(gateway, sets.scanPaths, addresses, options.scans);
    const agents = await sendAgents(gateway, sets.agents, addresses);
    printReport({ attacks, ...sessions, scans, agents, costs }, options);
  } finally {
    await gateway.stop();
  }
}

function credentialsOf(headers: RequestRow['headers']): readonly string[] {
  return Object.entries(headers ?? {})
    .filter(([name]) => /^(?:authorization|x-api-key)$/i.test(name))
    .map(([, value]) => value);
}

/** 10.0.0.1, 10.0.0.2 …: every row and session is somebody else. */
function addressMaker(): () => string {
  let next = 0;
  return () => {
    next++;
    return `10.${(next >> 16) & 255}.${(next >> 8) & 255}.${next & 255}`;
  };
}

async function sendAttacks(
  gateway: EvalGateway,
  rows: readonly RequestRow[],
  address: () => string,
): Promise<Judged<RequestRow>[]> {
  const judged: Judged<RequestRow>[] = [];
  gateway.takeDetections();
  for (const row of rows) {
    await sendRaw(gateway.port, requestBytes(row, address()));
    judged.push(judge(row, gateway));
  }
  return judged;
}

async function sendAgents(
  gateway: EvalGateway,
  rows: readonly AgentRow[],
  address: () => string,
): Promise<Judged<AgentRow>[]> {
  const judged: Judged<AgentRow>[] = [];
  gateway.takeDetections();
  for (const row of rows) {
    const headers = row.ua === '' ? {} : { 'User-Agent': row.ua };
    await sendRaw(gateway.port, requestBytes({ method: 'GET', uri: '/v1/models', headers }, address()));
    judged.push(judge(row, gateway));
  }
  return judged;
}

/** Requests are sent one at a time, so whatever was seen since belongs to this one. */
function judge<T>(row: T, gateway: EvalGateway): Judged<T> {
  const rules = gateway
    .takeDetections()
    .flatMap(({ signs }) => signs.filter(({ points = 0 }) => points > 0).map(({ rule }) => rule));
  return { row, isSeen: rules.length > 0, rules };
}

async function replaySessions(gateway: EvalGateway, rows: readonly RequestRow[], address: () => string, scale: number) {
  const sessions = new Map<string, RequestRow[]>();
  for (const row of rows) {
    const key = row.session ?? row.id;
    const session = sessions.get(key);
    if (session === undefined) sessions.set(key, [row]);
    else session.push(row);
  }
  const seen = new Map<string, readonly string[]>();
  const addressOf = new Map<string, string>();
  const waiting = [...sessions];
  const rulesByAddress = new Map<string, string[]>();
  const worker = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [name, requests] = next;
      const own = address();
      addressOf.set(name, own);
      const startedAt = performance.now();
      await Promise.all(
        requests.map(async (row) => {
          await pause((row.t ?? 0) / scale - (performance.now() - startedAt));
          await sendRaw(gateway.port, requestBytes(row, own));
        }),
      );
    }
  };
  await Promise.all(Array.from({ length: SESSIONS_AT_ONCE }, worker));
  const detections = gateway.takeDetections();
  for (const { address: from, signs, facts } of detections) {
    const rules = signs.filter(({ points = 0 }) => points > 0).map(({ rule }) => rule);
    if (rules.length === 0) continue;
    rulesByAddress.set(from, [...(rulesByAddress.get(from) ?? []), ...rules]);
    if (facts !== undefined) seen.set(`${from} ${facts.method} ${facts.target}`, rules);
  }
  const benign = rows.map((row) => {
    const from = addressOf.get(row.session ?? row.id) ?? '';
    const rules = seen.get(`${from} ${row.method} ${row.uri}`) ?? [];
    return { row, isSeen: rules.length > 0, rules };
  });
  const named = (addresses: ReadonlySet<string>): string[] =>
    [...addressOf].filter(([, from]) => addresses.has(from)).map(([name]) => name);
  return {
    benign,
    sessions: sessions.size,
    sessionsWarned: named(gateway.warnedAddresses),
    sessionsBlocked: named(gateway.blockedAddresses),
  };
}

async function replayScans(
  gateway: EvalGateway,
  rows: readonly RequestRow[],
  address: () => string,
  scans: number,
): Promise<(number | undefined)[]> {
  const random = seededRandom(20_261_122);
  const results: (number | undefined)[] = [];
  if (rows.length === 0) return results;
  for (let scan = 0; scan < scans; scan++) {
    const own = address();
    const order = shuffled(rows, random).slice(0, SCAN_LENGTH);
    let blockedAfter: number | undefined;
    for (const [index, row] of order.entries()) {
      await sendRaw(gateway.port, requestBytes(row, own));
      if (!gateway.blockedAddresses.has(own)) continue;
      blockedAfter = index + 1;
      break;
    }
    results.push(blockedAfter);
  }
  gateway.takeDetections();
  return results;
}

function pause(ms: number): Promise<void> {
  return ms <= 0 ? Promise.resolve() : new Promise((resolve) => void setTimeout(resolve, ms));
}

/** mulberry32: the same replays every time. */
function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function shuffled<T>(items: readonly T[], random: () => number): T[] {
  const copy = [...items];
  for (let i = copy.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [copy[i], copy[j]] = [copy[j] as T, copy[i] as T];
  }
  return copy;
}

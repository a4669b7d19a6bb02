import { connect } from 'node:net';
import { once } from 'node:events';
import type { Catalog, CatalogEntry } from '../../src/core/catalog';
import { systemClock, type Clock } from '../../src/core/clock';
import { parseConfig } from '../../src/core/config';
import type { Engine, EngineKind } from '../../src/core/engine';
import { silentLogger } from '../../src/core/logger';
import type { Model } from '../../src/core/model';
import { canonicalModelId } from '../../src/core/model-id';
import { reason } from '../../src/core/reason';
import type { AccessRecord, ConnectionEvent, Gate } from '../../src/core/request';
import type { UpstreamSign } from '../../src/core/upstream';
import type { GatewayGauges } from '../../src/proxy/metrics/metrics-answer';
import { RequestQueue, type QueueLimits } from '../../src/security/limits/request-queue';
import { createProxy, type ProxyServer } from '../../src/proxy/proxy-server';
import { openGate } from './open-gate';

/** One engine of a catalogue for tests. */
export interface EngineSetup {
  readonly id: string;
  readonly baseUrl: string;
  readonly models: readonly string[];
  readonly kind?: EngineKind;
  /** Known of every model, e.g. `contextLoaded`. */
  readonly model?: Partial<Model>;
  /** Known of the engine besides, e.g. `state`. */
  readonly engine?: Partial<Engine>;
}

export interface HarnessOptions {
  readonly engines?: readonly EngineSetup[];
  readonly config?: Readonly<Record<string, unknown>>;
  readonly gate?: Partial<Gate>;
  readonly keys?: Readonly<Record<string, string>>;
  readonly clock?: Clock;
  readonly gauges?: () => GatewayGauges;
}

/** A proxy on a free port of 127.0.0.1 over a fixed catalogue, with everything it reports. */
export interface Harness {
  readonly proxy: ProxyServer;
  readonly url: string;
  readonly port: number;
  readonly records: AccessRecord[];
  readonly events: ConnectionEvent[];
  readonly signs: (readonly [string, UpstreamSign])[];
  /** The next record that satisfies `matches`, or one already there. Rejects after 5 s. */
  readonly recordOf: (matches?: (record: AccessRecord) => boolean) => Promise<AccessRecord>;
  readonly post: (path: string, body: unknown, init?: RequestInit) => Promise<Response>;
  stop(): Promise<void>;
}

/** A catalogue that never changes. Resolves canonical ids and bare ones, as the real one does. */
export function fixedCatalog(engines: readonly EngineSetup[]): Catalog {
  const entries = engines.flatMap((setup) => entriesOf(setup));
  return {
    list: () => entries,
    resolve: (name) => {
      if (name === undefined || name === '') return { ok: false, code: 'model_missing', suggestions: [] };
      const candidates = entries.filter(({ id, model }) => id === name || model.id === name);
      if (candidates.length > 0) return { ok: true, candidates };
      return { ok: false, code: 'model_not_found', suggestions: [] };
    },
  };
}

function entriesOf({
  id,
  baseUrl,
  models,
  kind = 'openai',
  model: known = {},
  engine: facts = {},
}: EngineSetup): CatalogEntry[] {
  const engine: Engine = {
    id,
    kind,
    name: id,
    baseUrl,
    source: 'configured',
    state: 'healthy',
    reason: reason('engine.healthy', 1),
    since: 0,
    failures: 0,
    models: models.map((model) => ({ id: model, capabilities: ['chat'], ...known })),
    isStale: false,
    isRemote: false,
    ...facts,
  };
  return engine.models.map((model) => ({ id: canonicalModelId(id, model.id), engine, model }));
}

/** A gate that lets everybody in, and wait for a slot or a place at an engine as the real one does. */
export function queueingGate(limits: Partial<QueueLimits> = {}): Partial<Gate> {
  const all = { slots: 64, remoteSlots: 64, queueLength: 256, waitMs: 30_000, ...limits };
  const queue = new RequestQueue(systemClock, all);
  return {
    acquire: async (facts, signal) => {
      const claim = facts.claim?.bind(facts);
      const answer = await queue.acquire({ client: 'all', isLocal: true, maxForClient: 1000, claim }, signal);
      if (typeof answer !== 'string') return answer;
      return { rule: `queue.${answer}`, code: 'too_many_concurrent', message: answer, retryAfterSec: 1 };
    },
  };
}

/** Builds a proxy without listening. */
export function buildProxy({
  engines = [],
  config = {},
  gate = {},
  keys = {},
  clock = systemClock,
  gauges,
}: HarnessOptions = {}) {
  const records: AccessRecord[] = [];
  const events: ConnectionEvent[] = [];
  const signs: (readonly [string, UpstreamSign])[] = [];
  const waiting = new Set<() => void>();
  const proxy = createProxy({
    config: parseConfig(config).config,
    catalog: fixedCatalog(engines),
    gate: {
      ...openGate,
      report: (event) => void events.push(event),
      settled: (record) => {
        records.push(record);
        for (const wake of [...waiting]) wake();
      },
      ...gate,
    },
    keys: { get: (baseUrl) => keys[baseUrl] },
    health: { report: (engineId, sign) => void signs.push([engineId, sign]) },
    clock,
    logger: silentLogger,
    version: '0.0.0-test',
    ...(gauges && { gauges }),
  });
  const recordOf = (matches: (record: AccessRecord) => boolean = () => true): Promise<AccessRecord> =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        waiting.delete(look);
        reject(new Error(`no such record among ${records.length}`));
      }, 5000);
      const look = (): void => {
        const found = records.find(matches);
        if (found === undefined) return;
        clearTimeout(timer);
        waiting.delete(look);
        resolve(found);
      };
      waiting.add(look);
      look();
    });
  return { proxy, records, events, signs, recordOf };
}

/** Builds a proxy and listens. */
export async function startProxy(options: HarnessOptions = {}): Promise<Harness> {
  const parts = buildProxy(options);
  const { port } = await parts.proxy.listen(0);
  const url = `http://127.0.0.1:${port}`;
  return {
    ...parts,
    url,
    port,
    post: (path, body, init = {}) =>
      fetch(url + path, {
        method: 'POST',
        body: typeof body === 'string' ? body : JSON.stringify(body),
        ...init,
        headers: { 'content-type': 'application/json', ...(init.headers as Record<string, string> | undefined) },
      }),
    stop: () => parts.proxy.stop(),
  };
}

/** Sends raw bytes and returns all that comes back until the server closes, or `timeoutMs` is over. */
export async function sendRaw(port: number, bytes: string | Buffer, timeoutMs = 3000): Promise<string> {
  const socket = connect({ host: '127.0.0.1', port });
  const parts: Buffer[] = [];
  socket.on('data', (part) => parts.push(part));
  socket.on('error', () => undefined);
  socket.write(bytes);
  const timer = setTimeout(() => socket.destroy(), timeoutMs);
  await once(socket, 'close');
  clearTimeout(timer);
  return Buffer.concat(parts).toString();
}

import assert from 'node:assert/strict';
import type { AccessRecord } from '../../../../src/core/request';
import type { CommonScript } from '../../../helpers/engines/script';
import type { Simulator } from '../../../helpers/engines/simulator';
import { startProxy, type Harness, type HarnessOptions } from '../../../helpers/proxy-harness';
import { columns, type Script } from '../columns';
import type { FaultRoute } from './routes';

/** A busy machine gets that long to come to rest; less than a test may take. */
const patienceMs = 8000;

/** The key that FLM holds for the engine; no client may ever see it. */
export const engineKey = 'engine-key-0123456789';

const open: { stop(): Promise<void> }[] = [];

/** To be called after each test: stops what it started. */
export async function stopAll(): Promise<void> {
  for (const each of open.splice(0)) await each.stop();
}

export interface SceneOptions extends Omit<HarnessOptions, 'engines'> {
  /** The engine's ids of its models. Default: one that its simulator has. */
  readonly modelIds?: readonly string[];
}

export interface Told {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

export interface Scene extends Harness {
  readonly route: FaultRoute;
  /** Canonical id. */
  readonly model: string;
  /** One request on this route. Rejects when the connection is cut. */
  ask(prompt?: string, init?: RequestInit): Promise<Told>;
}

export interface EngineScene extends Scene {
  readonly engine: Simulator<CommonScript>;
}

export function columnOf(route: FaultRoute) {
  const column = columns.find(({ kind }) => kind === route.kind);
  assert.ok(column !== undefined);
  return column;
}

/** FLM before a simulated engine of the route's kind. */
export async function withEngine(
  route: FaultRoute,
  script: Script = {},
  options: SceneOptions = {},
): Promise<EngineScene> {
  const engine = await columnOf(route).start(script, route.purpose);
  open.push(engine);
  const scene = await withUrl(route, engine.url, options);
  return { ...scene, engine };
}

const capabilities = {
  chat: ['chat'],
  thinking: ['chat'],
  fim: ['fim'],
  embeddings: ['embeddings'],
  rerank: ['rerank'],
} as const;

/** FLM before whatever listens there, taken for an engine of the route's kind. */
export async function withUrl(route: FaultRoute, baseUrl: string, options: SceneOptions = {}): Promise<Scene> {
  const column = columnOf(route);
  const id = column.model(route.purpose);
  const { modelIds = [id], ...harness } = options;
  const { version } = column;
  const proxy = await startProxy({
    engines: [
      {
        id: 'engine',
        baseUrl,
        models: modelIds,
        kind: route.kind,
        model: { capabilities: capabilities[route.purpose] },
        engine: version === undefined ? {} : { version },
      },
    ],
    keys: { [baseUrl]: engineKey },
    ...harness,
  });
  open.unshift(proxy); // before its engine
  const model = `engine/${id}`;
  return {
    ...proxy,
    route,
    model,
    ask: async (prompt = 'Hi', init = {}) => {
      const answer = await proxy.post(route.path, { ...route.body(prompt), model }, { redirect: 'manual', ...init });
      return { status: answer.status, headers: answer.headers, text: await answer.text() };
    },
  };
}

/** What a client must never see: stacks, files, addresses of the engine, keys. */
const internals = [
  /Traceback|goroutine \d|node:internal|node_modules/,
  /\n\s+at .+\(/,
  /\/home\/|\/srv\/|C:\\/,
  /\.(ts|mjs|py)\b/,
  /\b(127\.0\.0\.1|10\.0\.0\.7|\[?::1\]?):\d/,
  /engine-key|sk-[\w-]{6,}/,
];

export function assertNothingLeaked({ text, headers }: Told): void {
  const all = `${[...headers].map((header) => header.join(': ')).join('\n')}\n${text}`;
  for (const internal of internals) assert.doesNotMatch(all, internal);
}

/** All is over: nothing in flight, every request in the log once, no generation left at the engine. */
export async function assertQuiet(scene: Scene & { readonly engine?: Simulator<CommonScript> }): Promise<void> {
  const { proxy, records, engine } = scene;
  const deadline = Date.now() + patienceMs;
  const isQuiet = (): boolean => proxy.stats().inFlight === 0 && traffic(scene).inFlight === 0;
  while (!isQuiet() && Date.now() < deadline) await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual([proxy.stats().inFlight, traffic(scene).inFlight], [0, 0], 'in flight');
  assert.equal(records.length, proxy.stats().requests, 'one record for each request');
  await engine?.waitForIdle();
  assert.deepEqual(engine?.errors ?? [], []);
}

export function traffic({ proxy }: Scene) {
  const [found] = proxy.traffic(['engine']);
  assert.ok(found !== undefined);
  return found;
}

/** The outcome and code of the last record. */
export async function lastRecord({ recordOf, records }: Scene): Promise<AccessRecord> {
  await recordOf();
  return records.at(-1) as AccessRecord;
}

/** Collects what nobody handles while a suite runs, and asserts at its end that there was nothing. */
export function watchRejections(): void {
  const unhandled: unknown[] = [];
  const note = (error: unknown): void => void unhandled.push(error);
  before(() => process.on('unhandledRejection', note));
  after(() => {
    process.off('unhandledRejection', note);
    assert.deepEqual(unhandled, []);
  });
}

import { engineLabels, isUsable, type Engine } from '../core/engine';
import type { Model } from '../core/model';
import { engineId, uniqueEngineIds } from '../core/model-id';
import { reason } from '../core/reason';
import { isLoopbackUrl, portOf } from './base-url';
import type { EngineRecord } from './engine-record';
import { withDeclared } from './declared-capabilities';
import type { InstalledEngine } from './installed-engines';
import { compact } from './json';

export interface ViewInput {
  /** In order of preference: of two records of one server the earlier is shown. */
  readonly records: readonly EngineRecord[];
  readonly installed: readonly InstalledEngine[];
  /** This machine's own addresses: a server asked by one of them is the one on its loopback. */
  readonly ownAddresses: ReadonlySet<string>;
  readonly monotonic: number;
  readonly cacheTtlMs: number;
  /** Epoch ms at which FLM started to look; `since` of installed engines. */
  readonly startedAt: number;
}

export interface EngineView {
  readonly engines: readonly Engine[];
  /** Engine id → base URL of its record, for those that have one. */
  readonly baseUrls: ReadonlyMap<string, string>;
  /** Base URLs of records that show the same server as another one. */
  readonly shadowed: ReadonlySet<string>;
}

/** What people see of the records: one engine per server, unique ids and names, installed ones added. Pure. */
export function viewEngines(input: ViewInput): EngineView {
  const visible = input.records.filter((record) => record.role === 'engine' && record.status !== undefined);
  const shown = withoutTwins(bestOfGroups(visible), input.ownAddresses);
  const shadowed = visible.filter((record) => !shown.includes(record)).map((record) => record.candidate.baseUrl);
  const running = shown.map((record) => toEngine(record, input));
  const installed = input.installed
    .filter(
      (entry) => !running.some((engine) => engine.kind === entry.kind && !engine.isRemote && engine.source !== 'demo'),
    )
    .map((entry) => toInstalled(entry, input.startedAt));
  const engines = uniqueEngineIds(withNames([...running, ...installed]));
  const baseUrls = engines
    .filter((engine) => engine.baseUrl !== '')
    .map((engine) => [engine.id, engine.baseUrl] as const);
  return { engines, baseUrls: new Map(baseUrls), shadowed: new Set(shadowed) };
}

/** Of the literals that one configured name stands for, the one that answers; the first when none does. */
function bestOfGroups(records: readonly EngineRecord[]): readonly EngineRecord[] {
  const best = new Map<string, EngineRecord>();
  for (const record of records) {
    const { group } = record.candidate;
    if (group === undefined) continue;
    const known = best.get(group);
    if (known === undefined || rank(record) < rank(known)) best.set(group, record);
  }
  return records.filter(
    (record) => record.candidate.group === undefined || best.get(record.candidate.group) === record,
  );
}

function rank(record: EngineRecord): number {
  const state = record.status?.state ?? 'network-error';
  if (isUsable(state)) return 0;
  return state === 'network-error' ? 2 : 1;
}

/** Drops records of a server that an earlier record shows already, reached by another address of this machine. */
function withoutTwins(records: readonly EngineRecord[], own: ReadonlySet<string>): readonly EngineRecord[] {
  return records.filter((record, index) => {
    const others = records.filter((other, at) => at !== index && isSameServer(record, other, own));
    const isLosing = (other: EngineRecord) =>
      rank(other) === rank(record) ? records.indexOf(other) < index : rank(other) < rank(record);
    return !others.some((other) => isLosing(other) && (!record.candidate.isConfigured || rank(other) === rank(record)));
  });
}

function isSameServer(a: EngineRecord, b: EngineRecord, own: ReadonlySet<string>): boolean {
  if (a.kind !== b.kind || portOf(a.candidate.baseUrl) !== portOf(b.candidate.baseUrl)) return false;
  if (new URL(a.candidate.baseUrl).pathname !== new URL(b.candidate.baseUrl).pathname) return false;
  if (!isThisMachine(a.candidate.baseUrl, own) || !isThisMachine(b.candidate.baseUrl, own)) return false;
  const isOneDown = (rank(a) === 0) !== (rank(b) === 0);
  return isOneDown || hasSameIds(a.models, b.models);
}

function isThisMachine(baseUrl: string, own: ReadonlySet<string>): boolean {
  return isLoopbackUrl(baseUrl) || own.has(new URL(baseUrl).hostname.replace(/^\[|\]$/g, ''));
}

function hasSameIds(a: readonly Model[], b: readonly Model[]): boolean {
  if (a.length !== b.length) return false;
  const ids = new Set(a.map((model) => model.id));
  return b.every((model) => ids.has(model.id));
}

function toEngine(record: EngineRecord, input: ViewInput): Engine {
  const { candidate, status } = record;
  const kind = record.kind ?? candidate.kind ?? 'openai';
  const isDemo = candidate.source === 'demo' && status?.state === 'healthy';
  const isLocal = isLoopbackUrl(candidate.baseUrl);
  const isOld = record.lookedAt !== undefined && input.monotonic - record.lookedAt >= input.cacheTtlMs;
  const startable = isLocal && status?.state === 'network-error';
  return compact({
    id: candidate.id ?? engineId(kind, candidate.baseUrl),
    kind,
    name: candidate.name ?? '',
    baseUrl: candidate.baseUrl,
    source: candidate.source,
    sourceDetail: candidate.detail,
    state: status?.state ?? 'network-error',
    reason: isDemo ? reason('engine.demo') : (status?.reason ?? reason('engine.stopped')),
    since: status?.since ?? input.startedAt,
    checkedAt: record.checkedAt,
    latencyMs: record.latencyMs,
    version: record.version,
    isRouter: record.isRouter,
    parallel: record.parallel,
    failures: status?.failures ?? 0,
    models: withDeclared(record.models, candidate.capabilities),
    isStale: record.isSeeded || (isOld && candidate.passiveModels === undefined),
    isRemote: !isThisMachine(candidate.baseUrl, input.ownAddresses),
    startCommand: startable ? input.installed.find((entry) => entry.kind === kind)?.startCommand : undefined,
  });
}

function toInstalled(entry: InstalledEngine, since: number): Engine {
  return compact({
    id: entry.kind,
    kind: entry.kind,
    name: engineLabels[entry.kind],
    baseUrl: '',
    source: 'installed' as const,
    sourceDetail: entry.path,
    state: 'installed' as const,
    reason: reason('engine.installed'),
    since,
    failures: 0,
    models: [],
    isStale: false,
    isRemote: false,
    startCommand: entry.startCommand,
  });
}

/** Product names; where several engines of one kind have no name of their own, their address tells them apart. */
function withNames(engines: readonly Engine[]): readonly Engine[] {
  const unnamed = engines.filter((engine) => engine.name === '');
  return engines.map((engine) => {
    if (engine.name !== '') return engine;
    const label = engineLabels[engine.kind];
    if (unnamed.filter((other) => other.kind === engine.kind).length === 1) return { ...engine, name: label };
    const host = new URL(engine.baseUrl).hostname;
    const place = isLoopbackUrl(engine.baseUrl) ? portOf(engine.baseUrl) : `${host}:${portOf(engine.baseUrl)}`;
    return { ...engine, name: `${label} (${place})` };
  });
}

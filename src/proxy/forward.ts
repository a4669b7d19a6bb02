import type { Catalog, CatalogEntry } from '../core/catalog';
import type { Clock } from '../core/clock';
import type { FlmConfig } from '../core/config-schema';
import type { Slot } from '../core/request';
import type { EngineKeys, UpstreamHealth, UpstreamSign } from '../core/upstream';
import { planCall } from './dialects/plan-call';
import { enginePath, type EnginePools } from './engine-pools';
import type { Exchange } from './exchange';
import type { ForwardListener } from './forward-listener';
import type { InferenceBody } from './inference-body';
import { asStreamRequest } from './joined-request';
import type { Route } from './routing/route';
import type { UnreadAnswers } from './routing/unread-answers';
import { UpstreamCall, type UpstreamListener } from './upstream-call';
import { requestHeadersFor } from './upstream-headers';

export interface ForwardDeps {
  readonly catalog: Catalog;
  readonly pools: EnginePools;
  readonly keys: EngineKeys;
  readonly health: UpstreamHealth;
  readonly unread: UnreadAnswers;
  readonly clock: Clock;
}

/** One request that has its slot and a place at an engine. */
export interface Work {
  readonly exchange: Exchange;
  readonly body: InferenceBody;
  readonly route: Route;
  readonly slot: Slot;
  readonly listener: ForwardListener;
}

/**
 * Sends one inference request to an engine and its answer to the client, until one of the two is gone; to the next
 * engine where one gave no answer. Returns at once; the exchange's `onClose` and `onShutdown` end it from the client's
 * and the gateway's side. A request that this engine cannot take in any form is answered here.
 */
export function forward(deps: ForwardDeps, config: FlmConfig, work: Work): void {
  const { exchange, route, slot, listener } = work;
  exchange.onClose = () =>
    listener.close(() => {
      route.end();
      slot.release();
    });
  exchange.onShutdown = () => listener.shutdown();
  ask(deps, config, work);
}

/** The engine at which the route stands. */
function ask(deps: ForwardDeps, config: FlmConfig, work: Work): void {
  const { exchange, body, route, listener } = work;
  const { entry } = route;
  const { engine } = entry;
  exchange.engineId = engine.id;
  exchange.modelId = entry.model.id;
  const planned = planCall(exchange, entry, body, config['proxy.repairs.disabled']);
  if (planned.type !== 'send') {
    if (planned.type === 'refuse') listener.respondError(planned.error, planned.code, planned.headers);
    else listener.respond(JSON.stringify(planned.answer), planned.headers);
    return;
  }
  const pool = deps.pools.get(engine.baseUrl);
  const joined = asStreamRequest(engine, planned.path, planned.body, config['proxy.repairs.disabled']);
  const request = {
    path: enginePath(pool.prefix, planned.path),
    headers: requestHeadersFor(exchange.facts.rawHeaders, pool.host, deps.keys.get(engine.baseUrl)),
    body: joined ?? planned.body,
    firstByteMs: config['timeouts.firstByteSeconds'] * 1000,
    idleMs: config['timeouts.idleSeconds'] * 1000,
  };
  const call = new UpstreamCall(deps.pools, pool, request, listener, () => deps.clock.monotonic());
  const isDrained = config['routing.engines'][engine.id]?.onAbort === 'drain';
  listener.attempt({
    engine,
    plan: planned.plan,
    call,
    isJoined: joined !== undefined,
    isDrained,
    sign: (sign: UpstreamSign) => deps.health.report(engine.id, sign),
    connected: () => route.connected(),
    settle: (outcome) => route.settle(outcome),
    goOn: (isLost) => goOn(deps, config, work, isLost),
    unread: (hasHead, release) =>
      isDrained
        ? deps.unread.drain(call, release)
        : hasHead
          ? undefined
          : loadThrough(deps, config, entry, call, release),
  });
}

function goOn(deps: ForwardDeps, config: FlmConfig, work: Work, isLost: boolean): boolean {
  const { exchange, route, slot } = work;
  if (exchange.isClosed || !route.goOn(isLost)) return false;
  exchange.failedEngines = route.failedEngines;
  slot.moved?.();
  ask(deps, config, work);
  return true;
}

/** Kinds of engines that give up loading a model when the request that wants it ends. */
const kindsThatAbandonLoads: ReadonlySet<string> = new Set(['ollama']);

/** The client gave its slot back by leaving: the load costs it nothing. */
function loadThrough(
  { unread, catalog }: ForwardDeps,
  config: FlmConfig,
  { id, engine, model }: CatalogEntry,
  call: UpstreamCall,
  release: () => void,
): UpstreamListener | undefined {
  const longestMs = config['routing.loadThroughSeconds'] * 1000;
  if (longestMs === 0 || model.isLoaded !== false || !kindsThatAbandonLoads.has(engine.kind)) return undefined;
  const isLoaded = (): boolean => catalog.list().find((entry) => entry.id === id)?.model.isLoaded === true;
  const listener = unread.loadThrough(id, call, longestMs, isLoaded);
  if (listener !== undefined) release();
  return listener;
}

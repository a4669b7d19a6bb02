import type { CatalogEntry } from '../core/catalog';
import type { Clock } from '../core/clock';
import type { FlmConfig } from '../core/config-schema';
import type { EngineKeys, UpstreamHealth } from '../core/upstream';
import { planCall } from './dialects/plan-call';
import { enginePath, type EnginePools } from './engine-pools';
import type { Exchange } from './exchange';
import { ForwardListener } from './forward-listener';
import type { InferenceBody } from './inference-body';
import { UpstreamCall } from './upstream-call';
import { requestHeadersFor } from './upstream-headers';

export interface ForwardDeps {
  readonly pools: EnginePools;
  readonly keys: EngineKeys;
  readonly health: UpstreamHealth;
  readonly clock: Clock;
}

/**
 * Sends one inference request to an engine and its answer to the client, until one of the two is gone. Returns at once;
 * the exchange's `onClose` and `onShutdown` end it from the client's and the gateway's side. A request that this engine
 * cannot take in any form is answered here.
 */
export function forward(
  deps: ForwardDeps,
  config: FlmConfig,
  exchange: Exchange,
  entry: CatalogEntry,
  body: InferenceBody,
): void {
  const { engine } = entry;
  const planned = planCall(exchange, entry, body, config['proxy.repairs.disabled']);
  if (planned.type !== 'send') {
    if (planned.type === 'refuse') exchange.respondError(planned.error, planned.code, planned.headers);
    else exchange.respond(200, 'application/json', JSON.stringify(planned.answer), planned.headers);
    return;
  }
  const pool = deps.pools.get(engine.baseUrl);
  const request = {
    path: enginePath(pool.prefix, planned.path),
    headers: requestHeadersFor(exchange.facts.rawHeaders, pool.host, deps.keys.get(engine.baseUrl)),
    body: planned.body,
    firstByteMs: config['timeouts.firstByteSeconds'] * 1000,
    idleMs: config['timeouts.idleSeconds'] * 1000,
  };
  const listener = new ForwardListener(exchange, engine.name, config, deps.clock, planned.plan, (sign) =>
    deps.health.report(engine.id, sign),
  );
  const call = new UpstreamCall(deps.pools, pool, request, listener, () => deps.clock.monotonic());
  exchange.onClose = () => listener.close();
  exchange.onShutdown = () => listener.shutdown();
  listener.start(call, body.isStream && planned.path !== '/v1/embeddings');
}

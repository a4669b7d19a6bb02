import type { Engine } from '../../core/engine';
import type { Exchange } from '../exchange';
import type { EngineTraffic } from '../routing/router';
import { exposition, expositionType, type Family } from './exposition';
import type { ProxyMetrics } from './proxy-metrics';

/** What is now, as far as the proxy's surroundings know it. */
export interface GatewayGauges {
  /** Requests waiting for their turn. */
  readonly queueLength: number;
  /** Blocks in force. */
  readonly blocks: number;
  /** 0 none … 4 no new requests. */
  readonly throttleLevel: number;
  readonly engines: readonly Pick<Engine, 'id' | 'kind' | 'state'>[];
}

export interface MetricsDeps {
  readonly metrics: ProxyMetrics;
  readonly version: string;
  /** Undefined: nobody tells. */
  readonly gauges: (() => GatewayGauges) | undefined;
  readonly inFlight: () => number;
  readonly traffic: (engineIds: readonly string[]) => readonly EngineTraffic[];
}

/**
 * `GET /metrics` for Prometheus. Asks for a key even where programs of this machine need none: which models are used, and
 * how much, is nobody else's business, and any program or container of the machine could ask. A key that is limited to
 * some models sees those.
 */
export function answerMetrics(deps: MetricsDeps, exchange: Exchange): void {
  if (exchange.identity?.type !== 'key') {
    exchange.refuse({
      rule: 'metrics-key',
      code: 'key_missing',
      message: 'Metrics need an API key, on this machine too. Create one whose scope allows the route /metrics.',
    });
    return;
  }
  const families = [...gauges(deps), ...deps.metrics.families(exchange.canUse ?? (() => true))];
  exchange.respond(200, expositionType, exposition(families));
}

function gauges({ version, gauges: read, inFlight, traffic }: MetricsDeps): readonly Family[] {
  const gauge = (name: string, help: string, samples: Family['samples']): Family => ({
    name,
    help,
    type: 'gauge',
    samples,
  });
  const one = (value: number): Family['samples'] => [{ labels: {}, value }];
  const always = [
    gauge('flm_build_info', 'Version of FLM.', [{ labels: { version }, value: 1 }]),
    gauge('flm_requests_in_flight', 'Requests being answered, this one included.', one(inFlight())),
  ];
  const now = read?.();
  if (now === undefined) return always;
  const byEngine = traffic(now.engines.map(({ id }) => id));
  return [
    ...always,
    gauge('flm_queue_length', 'Requests waiting for their turn.', one(now.queueLength)),
    gauge('flm_blocks', 'Blocks in force.', one(now.blocks)),
    gauge('flm_throttle_level', 'Throttling in force, 0 (none) to 4 (no new requests).', one(now.throttleLevel)),
    gauge(
      'flm_engine_state',
      'State of each engine: 1 for the one it is in.',
      now.engines.map(({ id, kind, state }) => ({ labels: { engine: id, kind, state }, value: 1 })),
    ),
    gauge(
      'flm_engine_requests_in_flight',
      'Requests at each engine.',
      byEngine.map(({ engineId, inFlight: count }) => ({ labels: { engine: engineId }, value: count })),
    ),
    gauge(
      'flm_engine_breaker_open',
      '1 while an engine is not asked because its connections failed.',
      byEngine.map(({ engineId, breaker }) => ({ labels: { engine: engineId }, value: breaker === 'closed' ? 0 : 1 })),
    ),
  ];
}

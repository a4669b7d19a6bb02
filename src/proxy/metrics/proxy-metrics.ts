import type { Measurements, OverheadMeasurement } from '../../core/measurements';
import type { AccessRecord } from '../../core/request';
import type { CanUse } from '../model-list';
import type { Family, Sample } from './exposition';
import { Histogram } from './histogram';
import { ModelSeries, spreadOf } from './model-series';
import { RecentValues } from './recent-values';

/**
 * Models counted by name; those that come later count together. Names come from engines, which may have thousands, and
 * writing all series of a model takes about 0.1 ms in which no token moves.
 */
const maxModels = 100;
const others = 'other';

const overheadBoundsUs = [50, 100, 200, 300, 500, 750, 1000, 2000, 5000, 10_000, 50_000];
const recentOverheads = 1024;

/**
 * Counts what requests were, once each, when they are over. In memory, bounded, and free of addresses, keys and content:
 * labels are routes, outcomes, and the names of engines and models.
 */
export class ProxyMetrics {
  readonly #requests = new Map<string, { readonly route: string; readonly outcome: string; count: number }>();
  readonly #models = new Map<string, ModelSeries>();
  readonly #overhead = new Histogram(overheadBoundsUs.map((us) => us / 1e6));
  readonly #recentOverhead = new RecentValues(recentOverheads);

  /** A request is over. Microseconds; never throws. */
  settled(record: AccessRecord): void {
    const { route = others, outcome, engineId, modelId, overheadUs } = record;
    const key = `${outcome} ${route}`; // outcomes × routes: bounded by the code
    const seen = this.#requests.get(key);
    if (seen === undefined) this.#requests.set(key, { route, outcome, count: 1 });
    else seen.count++;
    if (overheadUs !== undefined) {
      this.#overhead.observe(overheadUs / 1e6);
      this.#recentOverhead.add(overheadUs);
    }
    if (engineId !== undefined && modelId !== undefined) this.#series(engineId, modelId).settled(record);
  }

  /** For people. */
  measurements(): Measurements {
    const overheadUs = this.#overheadUs();
    const models = [...this.#models.values()].filter(({ engineId }) => engineId !== others);
    return { models: models.map((series) => series.measurement()), ...(overheadUs && { overheadUs }) };
  }

  /** For Prometheus. Models that the caller may not use are left out. */
  families(canUse: CanUse): readonly Family[] {
    const models = [...this.#models.values()].filter(
      ({ engineId, modelId }) => engineId === others || canUse(`${engineId}/${modelId}`),
    );
    const each = (samples: (series: ModelSeries) => readonly Sample[]): readonly Sample[] => models.flatMap(samples);
    const labels = ({ engineId, modelId }: ModelSeries) => ({ engine: engineId, model: modelId });
    return [
      {
        name: 'flm_requests_total',
        help: 'Requests that ended, by route and outcome.',
        type: 'counter',
        samples: [...this.#requests.values()].map(({ route, outcome, count }) => ({
          labels: { route, outcome },
          value: count,
        })),
      },
      {
        name: 'flm_model_requests_total',
        help: 'Requests that ended, by engine, model and outcome.',
        type: 'counter',
        samples: each((series) =>
          [...series.outcomes].map(([outcome, value]) => ({ labels: { ...labels(series), outcome }, value })),
        ),
      },
      {
        name: 'flm_tokens_total',
        help: 'Tokens as engines counted them.',
        type: 'counter',
        samples: each((series) => [
          { labels: { ...labels(series), direction: 'in' }, value: series.tokensIn },
          { labels: { ...labels(series), direction: 'out' }, value: series.tokensOut },
        ]),
      },
      {
        name: 'flm_queue_seconds',
        help: 'Time requests waited for their turn.',
        type: 'histogram',
        samples: each((series) => series.queue.samples(labels(series))),
      },
      {
        name: 'flm_first_token_seconds',
        help: 'Time from the arrival of a request to its first token, streams that ended well.',
        type: 'histogram',
        samples: each((series) => series.firstToken.samples(labels(series))),
      },
      {
        name: 'flm_tokens_per_second',
        help: 'Speed from the first token to the last, streams that ended well.',
        type: 'histogram',
        samples: each((series) => series.speed.samples(labels(series))),
      },
      {
        name: 'flm_overhead_seconds',
        help: 'Time FLM itself worked on a request until the head of its answer went out.',
        type: 'histogram',
        samples: this.#overhead.samples({}),
      },
    ];
  }

  #series(engineId: string, modelId: string): ModelSeries {
    const key = `${engineId}/${modelId}`;
    const known = this.#models.get(key);
    if (known !== undefined) return known;
    if (this.#models.size > maxModels) return this.#models.get(others) as ModelSeries;
    const isLast = this.#models.size === maxModels;
    const series = isLast ? new ModelSeries(others, others) : new ModelSeries(engineId, modelId);
    this.#models.set(isLast ? others : key, series);
    return series;
  }

  #overheadUs(): OverheadMeasurement | undefined {
    const values = this.#recentOverhead;
    const spread = spreadOf(values);
    if (spread === undefined) return undefined;
    const [p99 = NaN] = values.percentiles(0.99);
    const histogram = [...overheadBoundsUs, undefined].map((upToUs, at) => {
      const count = values.countIn(overheadBoundsUs[at - 1] ?? -1, upToUs ?? Infinity);
      return { count, ...(upToUs === undefined ? {} : { upToUs }) };
    });
    return { ...spread, p99, histogram };
  }
}

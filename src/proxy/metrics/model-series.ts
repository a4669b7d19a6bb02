import type { ModelMeasurement, Spread } from '../../core/measurements';
import type { AccessRecord, Outcome } from '../../core/request';
import { Histogram } from './histogram';
import { RecentValues } from './recent-values';

/** A minute's worth of a busy model, an evening's of a quiet one. */
const recentRequests = 64;

const waitBounds = [0.001, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300];
const speedBounds = [1, 2, 5, 10, 20, 30, 50, 75, 100, 150, 200, 300, 500, 1000];

/** Everything counted about one model of one engine. Fixed size, about 3 kB. */
export class ModelSeries {
  readonly engineId: string;
  readonly modelId: string;
  readonly outcomes = new Map<Outcome, number>();
  /** Seconds. */
  readonly queue = new Histogram(waitBounds);
  readonly firstToken = new Histogram(waitBounds);
  readonly speed = new Histogram(speedBounds);
  tokensIn = 0;
  tokensOut = 0;
  readonly #recentFirstTokens = new RecentValues(recentRequests);
  readonly #recentSpeeds = new RecentValues(recentRequests);

  constructor(engineId: string, modelId: string) {
    this.engineId = engineId;
    this.modelId = modelId;
  }

  settled(record: AccessRecord): void {
    const { outcome, queueMs, firstTokenMs, tokensIn = 0, tokensOut = 0, durationMs, isStream } = record;
    this.outcomes.set(outcome, (this.outcomes.get(outcome) ?? 0) + 1);
    this.tokensIn += tokensIn;
    this.tokensOut += tokensOut;
    if (queueMs !== undefined) this.queue.observe(queueMs / 1000);
    // The first byte of a whole answer comes with its last token and tells neither
    if (isStream !== true || firstTokenMs === undefined || outcome !== 'ok') return;
    this.firstToken.observe(firstTokenMs / 1000);
    this.#recentFirstTokens.add(firstTokenMs);
    const seconds = (durationMs - firstTokenMs) / 1000;
    // The first token's time is not in it; a handful of tokens in one write would tell a speed nobody has
    if (tokensOut < 8 || seconds <= 0.01) return;
    const speed = (tokensOut - 1) / seconds;
    this.speed.observe(speed);
    this.#recentSpeeds.add(speed);
  }

  measurement(): ModelMeasurement {
    const firstTokenMs = spreadOf(this.#recentFirstTokens);
    const tokensPerSecond = spreadOf(this.#recentSpeeds);
    return {
      engineId: this.engineId,
      modelId: this.modelId,
      requests: this.outcomes.get('ok') ?? 0,
      ...(firstTokenMs && { firstTokenMs }),
      ...(tokensPerSecond && { tokensPerSecond }),
    };
  }
}

export function spreadOf(values: RecentValues): Spread | undefined {
  if (values.size === 0) return undefined;
  const [p50 = NaN, p95 = NaN] = values.percentiles(0.5, 0.95);
  return { p50, p95, count: values.size };
}

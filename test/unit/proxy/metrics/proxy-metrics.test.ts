import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { AccessRecord } from '../../../../src/core/request';
import { exposition } from '../../../../src/proxy/metrics/exposition';
import { ProxyMetrics } from '../../../../src/proxy/metrics/proxy-metrics';

const everything = (): boolean => true;

function recordOf(more: Partial<AccessRecord> = {}): AccessRecord {
  return {
    requestId: 'req_1',
    at: 0,
    address: '203.0.113.9',
    identity: { type: 'key', keyId: 'abcdef', label: 'Laptop of Eve' },
    method: 'POST',
    route: '/v1/chat/completions',
    path: '/v1/chat/completions',
    engineId: 'ollama',
    modelId: 'qwen3:8b',
    status: 200,
    outcome: 'ok',
    isStream: true,
    durationMs: 2500,
    queueMs: 0,
    firstTokenMs: 500,
    overheadUs: 180,
    tokensIn: 10,
    tokensOut: 101,
    bytesIn: 100,
    bytesOut: 1000,
    userAgent: 'curl',
    ...more,
  };
}

const counted = (...records: readonly AccessRecord[]): ProxyMetrics => {
  const metrics = new ProxyMetrics();
  for (const record of records) metrics.settled(record);
  return metrics;
};
const textOf = (metrics: ProxyMetrics, canUse: (id: string) => boolean = everything): string =>
  exposition(metrics.families(canUse));

describe('ProxyMetrics', () => {
  it('counts requests by route and outcome, and tokens by model', () => {
    const text = textOf(counted(recordOf(), recordOf(), recordOf({ outcome: 'aborted' })));

    assert.match(text, /^flm_requests_total\{route="\/v1\/chat\/completions",outcome="ok"\} 2$/m);
    assert.match(text, /^flm_requests_total\{route="\/v1\/chat\/completions",outcome="aborted"\} 1$/m);
    assert.match(text, /^flm_tokens_total\{engine="ollama",model="qwen3:8b",direction="out"\} 303$/m);
    assert.match(text, /^flm_overhead_seconds_bucket\{le="0\.0002"\} 3$/m);
  });

  it('holds no address, key, agent or request id', () => {
    assert.doesNotMatch(textOf(counted(recordOf())), /203\.0\.113|abcdef|Eve|curl|req_/);
  });

  it('counts requests to unknown paths together', () => {
    const { engineId, modelId, ...rest } = recordOf({ route: undefined, outcome: 'error' });
    const unknown = (path: string): AccessRecord => ({ ...rest, path });
    assert.ok(engineId !== undefined && modelId !== undefined);

    assert.match(
      textOf(counted(unknown('/a'), unknown('/b'))),
      /^flm_requests_total\{route="other",outcome="error"\} 2$/m,
    );
  });

  it('counts further models together once there are many', () => {
    const metrics = counted(...Array.from({ length: 300 }, (_, at) => recordOf({ modelId: `m${at}` })));

    const models = metrics.families(everything).find(({ name }) => name === 'flm_model_requests_total');
    assert.equal(models?.samples.length, 101);
    assert.deepEqual(models.samples.at(-1)?.labels, { engine: 'other', model: 'other', outcome: 'ok' });
    assert.equal(models.samples.at(-1)?.value, 200);
  });

  it('shows a caller only models it may use', () => {
    const text = textOf(counted(recordOf(), recordOf({ modelId: 'secret' })), (id) => id === 'ollama/qwen3:8b');

    assert.match(text, /qwen3:8b/);
    assert.doesNotMatch(text, /secret/);
  });

  it('tells people the usual first token and speed of a model', () => {
    const { models } = counted(recordOf(), recordOf({ firstTokenMs: 700 })).measurements();

    assert.deepEqual(models, [
      {
        engineId: 'ollama',
        modelId: 'qwen3:8b',
        requests: 2,
        firstTokenMs: { p50: 500, p95: 700, count: 2 },
        tokensPerSecond: { p50: 50, p95: 100 / 1.8, count: 2 },
      },
    ]);
  });

  it('measures neither from whole answers, failures, nor a few tokens in one write', () => {
    const { models } = counted(
      recordOf({ isStream: false }),
      recordOf({ outcome: 'engine-error' }),
      recordOf({ tokensOut: 3 }),
      recordOf({ durationMs: 501 }),
    ).measurements();

    assert.equal(models[0]?.tokensPerSecond, undefined);
    assert.equal(models[0]?.firstTokenMs?.count, 2);
  });

  it('tells what FLM itself adds, with a histogram that counts every request once', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 100_000 }), { minLength: 1, maxLength: 50 }), (overheads) => {
        const { overheadUs } = counted(...overheads.map((us) => recordOf({ overheadUs: us }))).measurements();

        assert.equal(
          overheadUs?.histogram.reduce((sum, { count }) => sum + count, 0),
          overheads.length,
        );
        assert.ok(overheads.includes(overheadUs.p50) && overheadUs.p50 <= overheadUs.p95);
      }),
    );
  });

  it('has nothing to tell before the first request', () => {
    assert.deepEqual(new ProxyMetrics().measurements(), { models: [] });
  });
});

import assert from 'node:assert/strict';
import type { RequestFacts } from '../../../src/core/request';
import { startVllm } from '../../helpers/engines/vllm';
import { openGate } from '../../helpers/open-gate';
import { startProxy, type Harness, type HarnessOptions } from '../../helpers/proxy-harness';

const model = 'Qwen/Qwen3-8B';
const body = { model, messages: [{ role: 'user', content: 'Hi' }] };

const open: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  for (const each of open.splice(0)) await each.stop();
});

/** Requests with any key are taken; without one, callers are of this machine. */
const byKey: NonNullable<HarnessOptions['gate']> = {
  admit: (facts: RequestFacts) =>
    facts.headers.authorization === undefined
      ? openGate.admit(facts)
      : { ok: true, identity: { type: 'key', keyId: 'k', label: 'Prometheus' } },
};

async function proxyOf(script: Parameters<typeof startVllm>[0] = {}, gate = byKey): Promise<Harness> {
  const engine = await startVllm(script);
  const proxy = await startProxy({
    engines: [{ id: 'vllm', baseUrl: engine.url, models: [model], kind: 'vllm' }],
    gate,
  });
  open.push(proxy, engine);
  return proxy;
}

const metricsOf = (proxy: Harness): Promise<Response> =>
  fetch(`${proxy.url}/metrics`, { headers: { authorization: 'Bearer key' } });

describe('/metrics', () => {
  it('asks for a key on this machine, too', async () => {
    const proxy = await proxyOf();

    const answer = await fetch(`${proxy.url}/metrics`);

    assert.equal(answer.status, 401);
    assert.match(await answer.text(), /key_missing/);
  });

  it('tells in Prometheus’ format what has happened', async () => {
    const proxy = await proxyOf();
    await (await proxy.post('/v1/chat/completions', { ...body, stream: true })).text();
    await proxy.recordOf();

    const answer = await metricsOf(proxy);
    const text = await answer.text();

    assert.equal(answer.headers.get('content-type'), 'text/plain; version=0.0.4; charset=utf-8');
    assert.match(text, /^flm_build_info\{version="0\.0\.0-test"\} 1$/m);
    assert.match(text, /^flm_requests_in_flight 1$/m);
    assert.match(text, /^flm_model_requests_total\{engine="vllm",model="Qwen\/Qwen3-8B",outcome="ok"\} 1$/m);
    assert.match(text, /^flm_first_token_seconds_count\{engine="vllm",model="Qwen\/Qwen3-8B"\} 1$/m);
    assert.match(text, /^flm_overhead_seconds_count 1$/m);
  });

  it('tells what is now: engines, queue, blocks and throttling', async () => {
    const gauges = () => ({
      queueLength: 2,
      blocks: 3,
      throttleLevel: 1,
      engines: [{ id: 'vllm', kind: 'vllm' as const, state: 'degraded' as const }],
    });
    const proxy = await startProxy({ gate: byKey, gauges });
    open.push(proxy);

    const text = await (await metricsOf(proxy)).text();

    for (const line of [
      'flm_queue_length 2',
      'flm_blocks 3',
      'flm_throttle_level 1',
      'flm_engine_state{engine="vllm",kind="vllm",state="degraded"} 1',
      'flm_engine_requests_in_flight{engine="vllm"} 0',
      'flm_engine_breaker_open{engine="vllm"} 0',
    ]) {
      assert.ok(text.split('\n').includes(line), line);
    }
  });

  it('shows a key only the models it may use', async () => {
    const limited: typeof byKey = {
      admit: (facts) => {
        const admission = byKey.admit?.(facts) ?? openGate.admit(facts);
        return admission.ok && admission.identity.type === 'key' ? { ...admission, canUse: () => false } : admission;
      },
    };
    const proxy = await proxyOf({}, limited);
    await (await proxy.post('/v1/chat/completions', body)).text();
    await proxy.recordOf();

    assert.doesNotMatch(await (await metricsOf(proxy)).text(), /Qwen3/);
  });
});

describe('the receipt of a request', () => {
  it('stands in the headers of streams, whole answers and errors of the engine', async () => {
    const proxy = await proxyOf();

    for (const more of [{ stream: true }, {}, { temperature: 'hot' }]) {
      const { headers } = await proxy.post('/v1/chat/completions', { ...body, ...more });

      assert.equal(headers.get('x-flm-engine'), 'vllm');
      assert.match(headers.get('x-flm-queue-ms') ?? '', /^\d+$/);
      assert.match(headers.get('x-flm-overhead-us') ?? '', /^\d+$/);
    }
  });

  it('does not count the engine’s time or the queue’s as FLM’s', async () => {
    const slowQueue: NonNullable<HarnessOptions['gate']> = {
      acquire: async () => {
        await new Promise((resolve) => setTimeout(resolve, 400));
        return { waitedMs: 400, release: () => undefined };
      },
    };
    const proxy = await proxyOf({ timing: { firstTokenMs: 400 } }, slowQueue);

    for (const stream of [true, false]) {
      const { headers } = await proxy.post('/v1/chat/completions', { ...body, stream });

      assert.equal(headers.get('x-flm-queue-ms'), '400');
      assert.ok(Number(headers.get('x-flm-overhead-us')) < 400_000);
    }
  });

  it('is not given to requests that no engine was chosen for', async () => {
    const proxy = await proxyOf();

    const { headers } = await proxy.post('/v1/chat/completions', { ...body, model: 'none' });

    assert.equal(headers.get('x-flm-overhead-us'), null);
  });
});

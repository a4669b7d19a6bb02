import assert from 'node:assert/strict';
import type { CatalogEntry } from '../../../src/core/catalog';
import type { Engine } from '../../../src/core/engine';
import type { Model } from '../../../src/core/model';
import { reason } from '../../../src/core/reason';
import { diagnose } from '../../../src/gateway/diagnosis';
import type { HttpAnswer, HttpCallOptions } from '../../../src/gateway/http-call';
import type { GatewayState, ProxyState } from '../../../src/protocol/gateway-rpc';
import type { SecuritySummary } from '../../../src/protocol/security-rpc';
import { quietSecurity } from '../../helpers/quiet-security';
import { quietSharing } from '../../helpers/quiet-sharing';

describe('diagnosis', () => {
  const on: ProxyState = { phase: 'on', inFlight: 0, requests: 0, endpoint: 'http://127.0.0.1:11435/v1' };
  const healthy: HttpAnswer = { ok: true, status: 200, headers: { 'x-flm-gateway': '1' }, text: '{}', durationMs: 3 };

  const engine = (change: Partial<Engine> = {}): Engine => ({
    id: 'ollama',
    kind: 'ollama',
    name: 'Ollama',
    baseUrl: 'http://127.0.0.1:11434',
    source: 'default-port',
    state: 'healthy',
    reason: reason('engine.healthy', 3),
    since: 0,
    failures: 0,
    models: [],
    isStale: false,
    isRemote: false,
    ...change,
  });
  const model = (id: string, change: Partial<Model> = {}): Model => ({ id, capabilities: ['chat'], ...change });

  async function run(options: {
    engines?: readonly Engine[];
    models?: readonly Model[];
    proxy?: ProxyState;
    security?: SecuritySummary;
    answer?: (call: HttpCallOptions) => HttpAnswer;
  }) {
    const { engines = [engine()], models = [], proxy = on, security = quietSecurity, answer = () => healthy } = options;
    const calls: HttpCallOptions[] = [];
    const state: GatewayState = {
      proxy,
      engines: { revision: 1, engines, isScanning: false },
      configProblems: [],
      security,
      sharing: quietSharing,
      pid: 7,
      startedAt: 0,
    };
    const entries = models.map((of): CatalogEntry => ({ id: `ollama/${of.id}`, engine: engines[0]!, model: of }));
    const steps = await diagnose({
      state: () => state,
      catalog: { list: () => entries, resolve: () => ({ ok: false, code: 'model_missing', suggestions: [] }) },
      call: (call) => {
        calls.push(call);
        return Promise.resolve(answer(call));
      },
      keys: () => [],
      now: () => 0,
    });
    const finding = (name: string) => steps.find(({ step }) => step === name)?.finding;
    return { steps, calls, finding };
  }

  it('finds nothing wrong when all works, with one token of a loaded model', async () => {
    const { steps, calls } = await run({
      models: [model('cold', { isLoaded: false }), model('warm', { isLoaded: true })],
    });

    assert.ok(steps.every(({ ok }) => ok));
    const { model: asked, max_tokens: limit } = calls[1]!.body as { model: string; max_tokens: number };
    assert.deepEqual([asked, limit], ['ollama/warm', 1]);
  });

  it('loads no model only to test it', async () => {
    const models = [
      model('cold', { isLoaded: false }),
      model('coming', { isLoading: true }),
      model('far', { isCloud: true }),
    ];

    const { calls, finding } = await run({ models });

    assert.equal(finding('client')?.code, 'client.noModel');
    assert.equal(calls.length, 1);
  });

  it('goes from the proxy to those who may use it, and to the client last', async () => {
    const { steps } = await run({ models: [model('warm')] });

    assert.deepEqual(
      steps.map(({ step }) => step),
      ['gateway', 'engines', 'models', 'proxy', 'keys', 'exposure', 'storage', 'client'],
    );
  });

  it('sends its test request even if the storage is in trouble', async () => {
    const { finding } = await run({
      models: [model('warm')],
      security: { ...quietSecurity, storage: { kind: 'degraded', reason: reason('storage.diskFull') } },
    });

    assert.equal(finding('storage')?.code, 'storage.degraded');
    assert.equal(finding('client')?.code, 'client.ok');
  });

  it('says when there is no engine, and asks no further', async () => {
    const { calls, finding } = await run({ engines: [engine({ state: 'installed' })] });

    assert.equal(finding('engines')?.code, 'engines.none');
    assert.equal(finding('client')?.code, 'client.skipped');
    assert.equal(calls.length, 1);
  });

  it('says why an engine cannot be used', async () => {
    const { finding } = await run({
      engines: [engine({ state: 'needs-key', reason: reason('engine.needsKey', 401) })],
    });

    assert.deepEqual(finding('engines')?.args, ['Ollama', 'Asks for an API key (HTTP 401).']);
  });

  it('says when an engine offers no model', async () => {
    assert.deepEqual((await run({})).finding('models'), { code: 'models.none', args: ['Ollama'] });
  });

  it('says when the proxy is off', async () => {
    const { finding } = await run({ proxy: { phase: 'off', inFlight: 0, requests: 0 } });

    assert.equal(finding('proxy')?.code, 'proxy.off');
  });

  it('says why the proxy is off when it could not be started', async () => {
    const notice = reason('proxy.noPort', 11435, 11455);
    const { finding } = await run({ proxy: { phase: 'failed', inFlight: 0, requests: 0, notice } });

    assert.deepEqual(finding('proxy'), { code: 'proxy.failed', args: [], reason: notice });
  });

  it('notices somebody else at our address', async () => {
    const { finding } = await run({ answer: () => ({ ...healthy, headers: {} }) });

    assert.equal(finding('proxy')?.code, 'proxy.notOurs');
  });

  it('says what went wrong on the way to the proxy', async () => {
    const { finding } = await run({ answer: () => ({ ok: false, problem: 'connect ECONNREFUSED' }) });

    assert.deepEqual(finding('proxy')?.args, [on.endpoint, 'connect ECONNREFUSED']);
  });

  it('shows what the engine answered to the test request', async () => {
    const text = JSON.stringify({ error: { message: 'out of memory' } });
    const { finding } = await run({
      models: [model('warm')],
      answer: ({ body }) => (body === undefined ? healthy : { ...healthy, status: 502, text }),
    });

    assert.deepEqual(finding('client'), { code: 'client.failed', args: ['ollama/warm', 502, 'out of memory'] });
  });
});

import assert from 'node:assert/strict';
import type { EnginesSnapshot } from '../../../src/core/engine';
import { startLlamaServer } from '../../helpers/engines/llama-server';
import { startVllm } from '../../helpers/engines/vllm';
import { Resources, until } from './monitor-bench';

const model = 'ggml-org/gemma-3-4b-it-GGUF:Q4_K_M';

function generate(url: string, signal: AbortSignal): void {
  const body = JSON.stringify({ model, messages: [{ role: 'user', content: 'Hi' }], stream: true });
  const headers = { 'content-type': 'application/json' };
  fetch(`${url}/v1/chat/completions`, { method: 'POST', body, headers, signal })
    .then((answer) => answer.text())
    .catch(() => undefined);
}

const areHealthy = ({ engines }: EnginesSnapshot): boolean =>
  engines.length === 2 && engines.every(({ state }) => state === 'healthy');

const patienceMs = 20_000;

async function eventually(isSo: () => boolean): Promise<void> {
  const deadline = Date.now() + patienceMs;
  while (!isSo() && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 20));
}

describe('the load of engines that share a model', function () {
  this.timeout(30_000);
  const resources = new Resources();
  let left = new AbortController();
  afterEach(async () => {
    left.abort();
    left = new AbortController();
    await resources.close();
  });

  for (const [source, script] of Object.entries({ metrics: { hasMetrics: true }, slots: {} })) {
    it(`is read from llama-server’s ${source} with the probes that run anyway (scenario 18)`, async () => {
      const busy = resources.add(
        await startLlamaServer({ ...script, slots: 4, timing: { firstTokenMs: 60_000 }, abortPollMs: 5 }),
      );
      const idle = resources.add(await startLlamaServer(script));
      const monitor = resources.monitor([busy.url, idle.url]);
      monitor.start();
      const { engines } = await until(monitor, (snapshot) => areHealthy(snapshot));
      const idOf = (url: string): string => engines.find(({ baseUrl }) => baseUrl === url)?.id ?? '';
      generate(busy.url, left.signal);
      generate(busy.url, left.signal);
      await eventually(() => busy.runningGenerations === 2);

      monitor.setActive(true);
      await eventually(() => [busy, idle].every(({ url }) => monitor.loadOf(idOf(url)) !== undefined));
      await eventually(() => monitor.loadOf(idOf(busy.url))?.running === 2);

      assert.deepEqual(monitor.loadOf(idOf(busy.url)), { running: 2, waiting: 0 });
      assert.deepEqual(monitor.loadOf(idOf(idle.url)), { running: 0, waiting: 0 });
      assert.equal(engines.find(({ baseUrl }) => baseUrl === busy.url)?.parallel, 4);
    });
  }

  it('is not asked for while no two engines have the same model', async () => {
    const llama = resources.add(await startLlamaServer());
    const vllm = resources.add(await startVllm());
    const monitor = resources.monitor([llama.url, vllm.url]);
    monitor.start();
    await until(monitor, (snapshot) => areHealthy(snapshot));

    monitor.setActive(true);
    await llama.waitForRequest((request) => llama.requestsTo('/v1/models').indexOf(request) >= 2, patienceMs);

    assert.deepEqual([llama.requestsTo('/slots').length, vllm.requestsTo('/metrics').length], [0, 0]);
  });
});

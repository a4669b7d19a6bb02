import assert from 'node:assert/strict';
import { startLlamaServer } from '../../../helpers/engines/llama-server';
import { startOllama } from '../../../helpers/engines/ollama';
import { startVllm } from '../../../helpers/engines/vllm';
import { before, startEngine, stopAll } from '../repairs/support';

const llamaModel = 'ggml-org/gemma-3-4b-it-GGUF:Q4_K_M';
const infill = { input_prefix: 'def f(', input_suffix: '): pass', n_predict: 8 };

async function json(answer: Response): Promise<Record<string, unknown>> {
  return (await answer.json()) as Record<string, unknown>;
}

describe('filling in the middle', () => {
  afterEach(stopAll);

  it('passes /infill to llama.cpp as it is', async () => {
    const engine = await startLlamaServer({ hasInfill: true, reply: { text: 'x, y' } });
    const proxy = await before(engine, 'llamacpp', llamaModel);

    const answer = await json(await proxy.post('/infill', { model: llamaModel, ...infill }));

    assert.deepEqual([answer.content, answer.stop, engine.requests[0]?.path], ['x, y', true, '/infill']);
  });

  it('streams /infill of llama.cpp to its end without an error', async () => {
    const engine = await startLlamaServer({ hasInfill: true, reply: { text: ['x', ', y'] } });
    const proxy = await before(engine, 'llamacpp', llamaModel);

    const text = await (await proxy.post('/infill', { model: llamaModel, ...infill, stream: true })).text();

    assert.match(text, /"stop":true/);
    assert.doesNotMatch(text, /error/);
    const record = await proxy.recordOf();
    assert.deepEqual([record.outcome, record.tokensOut], ['ok', 2]);
  });

  it('asks Ollama for a completion with a suffix', async () => {
    const models = [{ name: 'qwen2.5-coder:7b', capabilities: ['completion', 'insert'] }];
    const engine = await startOllama({ models, reply: { text: 'x' } });
    const proxy = await before(engine, 'ollama', 'qwen2.5-coder:7b');

    const answer = await json(await proxy.post('/infill', { model: 'qwen2.5-coder:7b', ...infill }));

    const seen = engine.requests[0];
    assert.equal(seen?.path, '/v1/completions');
    assert.deepEqual((seen.json as Record<string, unknown>).suffix, '): pass');
    assert.deepEqual([answer.content, answer.stop], ['x', true]);
  });

  it('is refused where the engine has none, before the engine hears of it', async () => {
    const engine = await startVllm();
    const proxy = await before(engine, 'vllm', 'Qwen/Qwen3-8B');

    const infilled = await proxy.post('/infill', { model: 'Qwen/Qwen3-8B', ...infill });
    const completed = await proxy.post('/v1/completions', { model: 'Qwen/Qwen3-8B', prompt: 'a', suffix: 'b' });

    assert.deepEqual([infilled.status, completed.status, engine.requests.length], [501, 400, 0]);
  });

  for (const fillsInMiddle of [true, false]) {
    it(`is left to a new vLLM, whose model ${fillsInMiddle ? 'can' : 'cannot'}`, async () => {
      const engine = await startVllm({ fillsInMiddle, reply: { text: 'x' } });
      const known = { engine: { version: '0.32.0' } };
      const proxy = await before(engine, 'vllm', 'Qwen/Qwen3-8B', known);

      const infilled = await proxy.post('/infill', { model: 'Qwen/Qwen3-8B', ...infill });
      const completed = await proxy.post('/v1/completions', { model: 'Qwen/Qwen3-8B', prompt: 'a', suffix: 'b' });

      const status = fillsInMiddle ? 200 : 400;
      assert.deepEqual([infilled.status, completed.status], [status, status]);
      const asked = engine.requestsTo('/v1/completions').map(({ json: body }) => (body as { suffix?: string }).suffix);
      assert.deepEqual(asked, ['): pass', 'b']);
      if (!fillsInMiddle) assert.match(await completed.text(), /models with FIM completion rendering/);
    });
  }

  it('is what a completion with a suffix becomes for llama.cpp, in OpenAI’s words', async () => {
    const engine = await startLlamaServer({ hasInfill: true, reply: { text: ['x', ', y'], promptTokens: 6 } });
    const { client } = await before(engine, 'llamacpp', llamaModel);
    const request = { model: llamaModel, prompt: 'def f(', suffix: '): pass', max_tokens: 8 };

    const whole = await client.completions.create(request);
    let text = '';
    let reason: string | null = null;
    const stream = await client.completions.create({ ...request, stream: true });
    for await (const chunk of stream) {
      text += chunk.choices[0]?.text ?? '';
      reason = chunk.choices[0]?.finish_reason ?? reason;
    }

    assert.deepEqual([whole.choices[0]?.text, whole.usage?.total_tokens], ['x, y', 8]);
    assert.deepEqual([text, reason], ['x, y', 'stop']);
    assert.deepEqual(
      engine.requests.map(({ path }) => path),
      ['/infill', '/infill'],
    );
  });

  it('works from Ollama’s generate to llama.cpp’s infill, too', async () => {
    const engine = await startLlamaServer({ hasInfill: true, reply: { text: 'x' } });
    const proxy = await before(engine, 'llamacpp', llamaModel);
    const request = { model: llamaModel, prompt: 'def f(', suffix: '): pass' };

    const whole = await json(await proxy.post('/api/generate', { ...request, stream: false }));
    const lines = (await (await proxy.post('/api/generate', request)).text()).trimEnd().split('\n');

    assert.deepEqual([whole.response, whole.done], ['x', true]);
    assert.equal((JSON.parse(lines.at(-1) ?? '') as Record<string, unknown>).done, true);
  });
});

describe('reranking', () => {
  afterEach(stopAll);
  const request = { query: 'cats', documents: ['dogs', 'cats'] };

  it('goes to llama.cpp started for it, under any of its paths', async () => {
    const engine = await startLlamaServer({ isRerankServer: true });
    const proxy = await before(engine, 'llamacpp', llamaModel, { model: { capabilities: ['rerank'] } });

    for (const path of ['/v1/rerank', '/rerank', '/v2/rerank']) {
      const answer = await json(await proxy.post(path, { model: llamaModel, ...request }));

      assert.equal((answer.results as unknown[]).length, 2);
    }
    assert.deepEqual([...new Set(engine.requests.map(({ path }) => path))], ['/v1/rerank']);
  });

  it('says 501 where llama.cpp was not started for it, and where the engine has none', async () => {
    const llama = await startLlamaServer();
    const ollama = await startEngine('ollama');
    const first = await before(llama, 'llamacpp', llamaModel);
    const second = await before(ollama, 'ollama', 'llama3.2:3b');

    const unstarted = await first.post('/v1/rerank', { model: llamaModel, ...request });
    const none = await second.post('/v1/rerank', { model: 'llama3.2:3b', ...request });

    assert.deepEqual([unstarted.status, none.status], [501, 501]);
    assert.match(JSON.stringify(await none.json()), /vLLM with a reranking model and llama\.cpp/);
  });
});

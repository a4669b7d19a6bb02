import assert from 'node:assert/strict';
import fc from 'fast-check';
import OpenAI from 'openai';
import { startLlamaServer } from '../../helpers/engines/llama-server';
import { startLmStudio } from '../../helpers/engines/lmstudio';
import { startOllama } from '../../helpers/engines/ollama';
import { startOpenAiCompatible, type OpenAiCompatibleSimulator } from '../../helpers/engines/openai-compatible';
import { startVllm } from '../../helpers/engines/vllm';
import { startProxy, type Harness, type HarnessOptions } from '../../helpers/proxy-harness';

const messages = [{ role: 'user' as const, content: 'Hi' }];

/** A proxy before one simulated engine; both end with the test. */
async function before(
  simulator: { url: string; stop(): Promise<void> },
  model: string,
  options: HarnessOptions = {},
): Promise<Harness> {
  const proxy = await startProxy({ engines: [{ id: 'engine', baseUrl: simulator.url, models: [model] }], ...options });
  open.push(proxy, simulator);
  return proxy;
}

const open: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  for (const each of open.splice(0)) await each.stop();
});

const engineKinds = [
  ['Ollama', () => startOllama(), 'llama3.2:3b'],
  ['llama-server', () => startLlamaServer(), 'ggml-org/gemma-3-4b-it-GGUF:Q4_K_M'],
  ['vLLM', () => startVllm(), 'Qwen/Qwen3-8B'],
  ['LM Studio', () => startLmStudio(), 'google/gemma-3-4b'],
] as const;

describe('the official openai package through the proxy', () => {
  for (const [name, start, model] of engineKinds) {
    it(`streams from ${name} and records tokens and times`, async () => {
      const engine = await start();
      const proxy = await before(engine, model);
      const client = new OpenAI({ baseURL: `${proxy.url}/v1`, apiKey: 'unused' });

      const stream = await client.chat.completions.create({
        model: `engine/${model}`,
        messages,
        stream: true,
        stream_options: { include_usage: true },
      });
      let text = '';
      let finish: string | null | undefined;
      for await (const chunk of stream) {
        text += chunk.choices[0]?.delta.content ?? '';
        finish = chunk.choices[0]?.finish_reason ?? finish;
      }

      assert.match(text, /You said: Hi/);
      assert.equal(finish, 'stop');
      const record = await proxy.recordOf();
      assert.deepEqual(
        [record.outcome, record.status, record.engineId, record.modelId, record.isStream],
        ['ok', 200, 'engine', model, true],
      );
      assert.ok((record.tokensOut ?? 0) > 3 && (record.tokensIn ?? 0) > 0);
      assert.ok(record.firstTokenMs !== undefined && record.firstTokenMs <= record.durationMs);
      assert.deepEqual(proxy.signs, [['engine', 'ok']]);
    });

    it(`gets a whole answer from ${name}`, async () => {
      const engine = await start();
      const proxy = await before(engine, model);
      const client = new OpenAI({ baseURL: `${proxy.url}/v1`, apiKey: 'unused' });

      const answer = await client.chat.completions.create({ model, messages });

      assert.match(answer.choices[0]?.message.content ?? '', /You said: Hi/);
      const record = await proxy.recordOf();
      assert.equal(record.tokensOut, answer.usage?.completion_tokens);
      assert.equal(record.outcome, 'ok');
    });
  }
});

describe('what the engine sees', () => {
  it('is the body byte for byte but for the model, and none of the client’s identity', async () => {
    const engine = await startOpenAiCompatible({ models: ['m/x'] });
    const proxy = await before(engine, 'm/x', { keys: { [engine.url]: 'engine-key' } });
    const body =
      '{ "seed":123456789012345678901234567890 , "model" : "engine\\/m/x", "messages":[{"role":"user","content":"\\u00e9é😀"}],"x":1.0 }';

    const answer = await proxy.post('/v1/chat/completions?api_key=secret', body, {
      headers: {
        authorization: 'Bearer client-key',
        cookie: 'a=b',
        'x-api-key': 'client-key',
        'x-conversation-id': 'c',
        'user-agent': 'me',
      },
    });

    assert.equal(answer.status, 200);
    const seen = engine.requests[0];
    assert.ok(seen);
    assert.equal(seen.text, body.replace('"engine\\/m/x"', '"m/x"'));
    assert.equal([...seen.query].length, 0);
    assert.equal(seen.headers.authorization, 'Bearer engine-key');
    assert.equal(seen.headers.host, `127.0.0.1:${engine.port}`);
    assert.equal(seen.headers['accept-encoding'], 'identity');
    assert.equal(seen.headers['user-agent'], 'me');
    for (const name of ['cookie', 'x-api-key', 'x-conversation-id', 'origin'])
      assert.equal(seen.headers[name], undefined);
  });

  it('passes the Host and Origin checks of Ollama for an allowed web page (scenario 3)', async () => {
    const engine = await startOllama();
    const proxy = await before(engine, 'llama3.2:3b', { config: { 'proxy.corsOrigins': ['https://page.example'] } });

    const answer = await proxy.post(
      '/v1/chat/completions',
      { model: 'llama3.2:3b', messages },
      { headers: { origin: 'https://page.example', referer: 'https://page.example/x' } },
    );

    assert.equal(answer.status, 200);
    assert.equal(answer.headers.get('access-control-allow-origin'), 'https://page.example');
  });

  it('is application/json even if the client named no type (vLLM insists)', async () => {
    const engine = await startVllm();
    const proxy = await before(engine, 'Qwen/Qwen3-8B');

    const answer = await proxy.post(
      '/v1/chat/completions',
      { model: 'Qwen/Qwen3-8B', messages },
      { headers: { 'content-type': 'text/plain' } },
    );

    assert.equal(answer.status, 200);
  });

  it('forwards completions and embeddings under their own paths', async () => {
    const engine = await startOpenAiCompatible({ models: ['m'] });
    const proxy = await before(engine, 'm');

    const completion = await proxy.post('/v1/completions', { model: 'm', prompt: 'a' });
    const embedding = await proxy.post('/v1/embeddings', { model: 'm', input: 'a' });

    assert.deepEqual([completion.status, embedding.status], [200, 200]);
    const { data } = (await embedding.json()) as { data: { embedding: number[] }[] };
    assert.ok((data[0]?.embedding.length ?? 0) > 0);
    assert.deepEqual(
      engine.requests.map(({ path }) => path),
      ['/v1/completions', '/v1/embeddings'],
    );
  });

  it('sees no preflight and no unknown route (scenario 45)', async () => {
    const engine = await startOllama();
    const proxy = await before(engine, 'llama3.2:3b', { config: { 'proxy.corsOrigins': ['https://page.example'] } });

    await fetch(`${proxy.url}/v1/chat/completions`, {
      method: 'OPTIONS',
      headers: { origin: 'https://page.example', 'access-control-request-method': 'POST' },
    });
    for (const path of ['/api/pull', '/api/delete', '/api/chat', '/v1/responses']) await proxy.post(path, {});

    assert.equal(engine.requests.length, 0);
  });
});

describe('streams pass byte for byte', () => {
  /** The engine's own words, asked for without the proxy and with it. */
  async function bothWays(engine: OpenAiCompatibleSimulator, proxy: Harness): Promise<[string, string]> {
    const body = JSON.stringify({ model: 'm', messages, stream: true });
    const ask = async (url: string) =>
      (
        await fetch(`${url}/v1/chat/completions`, {
          method: 'POST',
          body,
          headers: { 'content-type': 'application/json' },
        })
      ).text();
    const mask = (text: string) => text.replace(/"id":"[^"]*"/g, '"id":""').replace(/"created":\d+/g, '"created":0');
    return [mask(await ask(engine.url)), mask(await ask(proxy.url))];
  }

  it('with characters of several bytes cut anywhere (scenario 31)', async () => {
    const engine = await startOpenAiCompatible({
      models: ['m'],
      reply: { text: '日本語 😀 é \u0000 "quoted" \\ud83d' },
    });
    const proxy = await before(engine, 'm');
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat({ max: 3000 }), { maxLength: 12 }), async (places) => {
        engine.script({ wire: { chunking: { splitAt: places.sort((a, b) => a - b) } } });

        const [direct, proxied] = await bothWays(engine, proxy);

        assert.equal(proxied, direct);
      }),
      { numRuns: 15 },
    );
    engine.script({ wire: { chunking: { bytesPerWrite: 1 } } });
    const [direct, proxied] = await bothWays(engine, proxy);
    assert.equal(proxied, direct);
    assert.ok(proxy.records.every(({ outcome, tokensOut }) => outcome === 'ok' && (tokensOut ?? 0) > 0));
  });

  for (const [what, wire] of [
    ['CRLF', { lineEnd: '\r\n' }],
    ['lone CR', { lineEnd: '\r' }],
    ['no space after the colon', { noSpaceAfterColon: true }],
    ['no final blank line', { noFinalBlankLine: true }],
    ['a byte order mark', { prefix: '\ufeff' }],
    ['comments, names, ids and retry lines', { prefix: ': hello\nevent: x\nid: 1\nretry: 5\n\n' }],
    ['data after [DONE]', { suffix: 'data: {"late":true}\n\n' }],
    ['an event of 3 MB', { prefix: `data: {"choices":[{"delta":{"content":"${'x'.repeat(3_000_000)}"}}]}\n\n` }],
  ] as const) {
    it(`with ${what} (scenario 32)`, async () => {
      const engine = await startOpenAiCompatible({ models: ['m'], wire });
      const proxy = await before(engine, 'm');

      const [direct, proxied] = await bothWays(engine, proxy);

      assert.equal(proxied, direct);
      assert.equal((await proxy.recordOf()).outcome, 'ok');
    });
  }

  for (const bad of [
    'data: {bad\n\n',
    'data:\n\n',
    'data: null\n\n',
    'data: {"id":"x"}\n\n',
    'data: {"choices":[]}\n\n',
    'data: {"choices":[{"delta":null}]}\n\n',
  ]) {
    it(`with the odd event ${JSON.stringify(bad)} (scenario 36)`, async () => {
      const engine = await startOpenAiCompatible({
        models: ['m'],
        wire: { rewrite: (event, index) => (index === 1 ? bad + event : event) },
      });
      const proxy = await before(engine, 'm');

      const [direct, proxied] = await bothWays(engine, proxy);

      assert.equal(proxied, direct);
      assert.equal((await proxy.recordOf()).outcome, 'ok');
    });
  }

  it('with pings and several events in one write (scenario 14)', async () => {
    const engine = await startLlamaServer({ pingMs: 20, timing: { firstTokenMs: 100 } });
    const model = 'ggml-org/gemma-3-4b-it-GGUF:Q4_K_M';
    const proxy = await before(engine, model);

    const answer = await proxy.post('/v1/chat/completions', {
      model,
      messages,
      stream: true,
      stream_options: { include_usage: true },
    });
    const text = await answer.text();

    assert.match(text, /^:\n\n/m);
    assert.match(text, /"timings"/);
    assert.match(text, /data: \[DONE\]\n\n$/);
  });

  it('with tool calls whole in one chunk (scenario 8)', async () => {
    const engine = await startOllama({ reply: { toolCalls: [{ name: 'f', arguments: { x: 1 } }] } });
    const proxy = await before(engine, 'llama3.2:3b');

    const text = await (
      await proxy.post('/v1/chat/completions', { model: 'llama3.2:3b', messages, stream: true, tools: [] })
    ).text();

    assert.match(text, /"tool_calls":\[/);
    assert.match(text, /"finish_reason":"tool_calls"/);
  });

  it('with reasoning and usage in every chunk (scenario 22)', async () => {
    const engine = await startVllm({ forcesUsage: true, reply: { reasoning: 'let me think', text: 'yes' } });
    const proxy = await before(engine, 'Qwen/Qwen3-8B');

    const text = await (
      await proxy.post('/v1/chat/completions', { model: 'Qwen/Qwen3-8B', messages, stream: true })
    ).text();

    assert.match(text, /"reasoning":/);
    const usage = [...text.matchAll(/"completion_tokens":(\d+)/g)].map(([, count]) => Number(count));
    assert.equal((await proxy.recordOf()).tokensOut, usage.at(-1));
  });

  it('without mixing 50 at once over four engines (scenario 44)', async () => {
    const engines = await Promise.all([
      startOllama({ chatId: 'chatcmpl-7' }),
      startLlamaServer(),
      startVllm(),
      startLmStudio(),
    ]);
    const models = engineKinds.map(([, , model]) => model);
    const proxy = await startProxy({
      engines: engines.map((engine, i) => ({ id: `e${i}`, baseUrl: engine.url, models: [models[i] as string] })),
    });
    open.push(proxy, ...engines);
    for (const engine of engines) engine.script({ timing: { tokenMs: 2 } });

    const texts = await Promise.all(
      Array.from({ length: 50 }, async (_, i) => {
        const content = `question ${i}`;
        const answer = await proxy.post('/v1/chat/completions', {
          model: `e${i % 4}/${models[i % 4]}`,
          messages: [{ role: 'user', content }],
          stream: true,
        });
        const deltas = [...(await answer.text()).matchAll(/"content":"([^"]*)"/g)].map(([, text]) => text);
        return deltas.join('');
      }),
    );

    texts.forEach((text, i) =>
      assert.match(
        text,
        new RegExp(`You said: question ${i}\\. This is a simulated answer, sent one token at a time\\.`),
      ),
    );
  });
});

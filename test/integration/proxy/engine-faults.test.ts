import assert from 'node:assert/strict';
import OpenAI, { APIError } from 'openai';
import type { UpstreamSign } from '../../../src/core/upstream';
import { startLlamaServer } from '../../helpers/engines/llama-server';
import { startLmStudio } from '../../helpers/engines/lmstudio';
import { startOllama } from '../../helpers/engines/ollama';
import { startOpenAiCompatible } from '../../helpers/engines/openai-compatible';
import { startVllm } from '../../helpers/engines/vllm';
import { startProxy, type Harness, type HarnessOptions } from '../../helpers/proxy-harness';

const messages = [{ role: 'user' as const, content: 'Hi' }];
const gemma = 'ggml-org/gemma-3-4b-it-GGUF:Q4_K_M';
const qwen = 'Qwen/Qwen3-8B';

const open: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  for (const each of open.splice(0)) await each.stop();
});

async function before(
  simulator: { url: string; stop(): Promise<void> },
  model: string,
  options: HarnessOptions = {},
): Promise<Harness> {
  const proxy = await startProxy({ engines: [{ id: 'engine', baseUrl: simulator.url, models: [model] }], ...options });
  open.push(proxy, simulator);
  return proxy;
}

interface OpenAiErrorBody {
  readonly error: { message: string; type: string; param: string | null; code: string | null };
}

/** Events of a stream: data, blank-line separated. */
function dataOf(text: string): string[] {
  return text
    .split(/\n\n/)
    .flatMap((event) => /^data: ?(.*)$/s.exec(event)?.[1] ?? [])
    .filter((data) => data !== '');
}

/** The last event is one error of FLM, and no `[DONE]` follows. */
function assertErrorEvent(text: string, code: string): void {
  const last = dataOf(text).at(-1);
  assert.ok(last !== undefined, text);
  const { error } = JSON.parse(last) as OpenAiErrorBody;
  assert.equal(error.code, code);
  assert.equal(error.type, 'server_error');
  assert.equal(error.param, null);
  assert.ok(!text.includes('[DONE]'));
  assert.ok(text.endsWith('\n\n'));
}

describe('a stream that breaks', () => {
  const cuts = ['eof', 'reset', 'close', 'mid-chunk', 'long-content-length'] as const;
  for (const how of cuts) {
    for (const afterEvents of [0, 1, 3]) {
      it(`by ${how} after ${afterEvents} events ends with an error, never cleanly (scenario 33)`, async () => {
        const engine = await startOpenAiCompatible({ models: ['m'], wire: { cut: { afterEvents, how } } });
        const proxy = await before(engine, 'm');

        const answer = await proxy.post('/v1/chat/completions', { model: 'm', messages, stream: true });
        const text = await answer.text();

        if (answer.status === 200) assertErrorEvent(text, 'engine_stream_broken');
        else {
          assert.equal(answer.status, 502);
          assert.ok((JSON.parse(text) as OpenAiErrorBody).error.code?.startsWith('engine_'));
        }
        const record = await proxy.recordOf();
        assert.equal(record.outcome, 'engine-error');
        assert.ok(record.errorCode?.startsWith('engine_'));
      });
    }
  }

  it('in the middle of a line still carries a readable error', async () => {
    const engine = await startOpenAiCompatible({
      models: ['m'],
      wire: { rewrite: (event, index) => (index === 2 ? event.slice(0, 25) : index > 2 ? [] : event) },
    });
    const proxy = await before(engine, 'm');

    const text = await (await proxy.post('/v1/chat/completions', { model: 'm', messages, stream: true })).text();

    assertErrorEvent(text, 'engine_stream_broken');
  });

  it('makes the official client throw', async () => {
    const engine = await startOpenAiCompatible({ models: ['m'], wire: { cut: { afterEvents: 3, how: 'reset' } } });
    const proxy = await before(engine, 'm');
    const client = new OpenAI({ baseURL: `${proxy.url}/v1`, apiKey: 'x', maxRetries: 0 });
    const stream = await client.chat.completions.create({ model: 'm', messages, stream: true });

    await assert.rejects(
      async () => {
        for await (const chunk of stream) assert.ok(chunk);
      },
      (error) => error instanceof APIError && error.code === 'engine_stream_broken',
    );
  });

  it('as Ollama hides it is made an error (scenario 6)', async () => {
    const engine = await startOllama({ reply: { text: 'one two three four', failAfterTokens: 2 } });
    const proxy = await before(engine, 'llama3.2:3b');

    const text = await (
      await proxy.post('/v1/chat/completions', { model: 'llama3.2:3b', messages, stream: true })
    ).text();

    assert.match(text, /"model":""/);
    assertErrorEvent(text, 'engine_stream_broken');
  });

  it("with llama-server's own error event passes it and adds none (scenario 15)", async () => {
    const engine = await startLlamaServer({
      reply: { text: 'one two three', failAfterTokens: 2, failMessage: 'boom' },
    });
    const proxy = await before(engine, gemma);

    const text = await (await proxy.post('/v1/chat/completions', { model: gemma, messages, stream: true })).text();

    const errors = dataOf(text).filter((data) => data.includes('"error"'));
    assert.equal(errors.length, 1);
    assert.match(errors[0] ?? '', /boom/);
    assert.equal((await proxy.recordOf()).outcome, 'engine-error');
  });

  it("with llama-server's old error line gets a readable one (scenario 15)", async () => {
    const engine = await startLlamaServer({
      hasLegacyStreamError: true,
      reply: { text: 'one two', failAfterTokens: 1, failMessage: 'boom' },
    });
    const proxy = await before(engine, gemma);

    const text = await (await proxy.post('/v1/chat/completions', { model: gemma, messages, stream: true })).text();

    assertErrorEvent(text, 'engine_stream_broken');
    assert.match(dataOf(text).at(-1) ?? '', /boom/);
  });

  it("with vLLM's error and [DONE] passes both (scenario 22)", async () => {
    const engine = await startVllm({ reply: { text: 'one two three', failAfterTokens: 2 } });
    const proxy = await before(engine, qwen);

    const text = await (await proxy.post('/v1/chat/completions', { model: qwen, messages, stream: true })).text();

    assert.deepEqual(dataOf(text).slice(-1), ['[DONE]']);
    assert.equal(dataOf(text).filter((data) => data.includes('"error"')).length, 1);
    assert.equal((await proxy.recordOf()).outcome, 'engine-error');
  });

  for (const namesErrorEvents of [false, true]) {
    it(`with LM Studio's overflow inside the stream passes it, event line ${namesErrorEvents ? 'and all' : 'or none'} (scenario 29)`, async () => {
      const engine = await startLmStudio({
        onOverflow: 'stream-error',
        namesErrorEvents,
        reply: { text: 'a b', failAfterTokens: 1 },
      });
      const proxy = await before(engine, 'google/gemma-3-4b');

      const text = await (
        await proxy.post('/v1/chat/completions', { model: 'google/gemma-3-4b', messages, stream: true })
      ).text();

      assert.equal(text.match(/"error"\s*:/g)?.length, 1);
      assert.equal((await proxy.recordOf()).outcome, 'engine-error');
    });
  }
});

describe('a stalled engine', () => {
  it('is given up after the idle time, with an error event that names the setting (scenario 34)', async () => {
    const engine = await startOpenAiCompatible({ models: ['m'], wire: { stall: { afterEvents: 2, forMs: Infinity } } });
    const proxy = await before(engine, 'm', { config: { 'timeouts.idleSeconds': 1 } });

    const text = await (await proxy.post('/v1/chat/completions', { model: 'm', messages, stream: true })).text();

    assertErrorEvent(text, 'idle_timeout');
    assert.match(text, /1 s \(setting flm\.timeouts\.idleSeconds\)/);
    assert.equal(await engine.requests[0]?.ended, 'aborted');
    assert.deepEqual(proxy.signs.at(-1), ['engine', 'timeout']);
  });

  it('that goes on in time is no error (scenario 34)', async () => {
    const engine = await startOpenAiCompatible({ models: ['m'], wire: { stall: { afterEvents: 2, forMs: 400 } } });
    const proxy = await before(engine, 'm', { config: { 'timeouts.idleSeconds': 2 } });

    const text = await (await proxy.post('/v1/chat/completions', { model: 'm', messages, stream: true })).text();

    assert.match(text, /\[DONE\]/);
  });

  it('without a first byte is given up after the first-byte time, with 504', async () => {
    const engine = await startOllama({ timing: { loadMs: 60_000 } });
    const proxy = await before(engine, 'llama3.2:3b', { config: { 'timeouts.firstByteSeconds': 1 } });

    const answer = await proxy.post('/v1/chat/completions', { model: 'llama3.2:3b', messages, stream: true });

    assert.equal(answer.status, 504);
    const { error } = (await answer.json()) as OpenAiErrorBody;
    assert.equal(error.code, 'first_byte_timeout');
    assert.match(error.message, /1 s \(setting flm\.timeouts\.firstByteSeconds\)/);
    assert.equal(await engine.requests[0]?.ended, 'aborted');
  });

  it('that loads its model longer than the idle time is waited for (scenario 4)', async () => {
    const engine = await startOllama({ timing: { loadMs: 2500 } });
    const proxy = await before(engine, 'llama3.2:3b', { config: { 'timeouts.idleSeconds': 1 } });

    const answer = await proxy.post('/v1/chat/completions', { model: 'llama3.2:3b', messages, stream: true });

    assert.match(await answer.text(), /\[DONE\]/);
  });
});

describe('errors of engines', () => {
  const cases: readonly [
    string,
    () => Promise<{ url: string; stop(): Promise<void> }>,
    string,
    object,
    number,
    string | null,
    UpstreamSign,
  ][] = [
    ['Ollama full (scenario 5)', () => startOllama({ isBusy: true }), 'llama3.2:3b', {}, 503, 'engine_busy', 'busy'],
    [
      'an Ollama cloud model nobody signed in for (scenario 9)',
      () =>
        startOllama({ models: [{ name: 'glm-x:cloud', remote: { model: 'glm-x', host: 'https://ollama.com:443' } }] }),
      'glm-x:cloud',
      {},
      502,
      'engine_needs_key',
      'unauthorized',
    ],
    ['Ollama without the model (scenario 5)', () => startOllama(), 'gone', {}, 404, 'model_not_found', 'ok'],
    [
      'llama-server loading (scenario 10)',
      () => startLlamaServer({ isLoading: true }),
      gemma,
      {},
      503,
      'engine_loading',
      'busy',
    ],
    [
      'llama-server with a key FLM lacks',
      () => startLlamaServer({ apiKey: 'k' }),
      gemma,
      {},
      502,
      'engine_needs_key',
      'unauthorized',
    ],
    [
      'vLLM with a key FLM lacks (scenario 21)',
      () => startVllm({ apiKey: 'k' }),
      qwen,
      {},
      502,
      'engine_needs_key',
      'unauthorized',
    ],
    ['vLLM without the model (scenario 21)', () => startVllm(), 'gone', {}, 404, 'model_not_found', 'ok'],
    ['vLLM scaling (scenario 21)', () => startVllm({ isScaling: true }), qwen, {}, 503, 'engine_busy', 'busy'],
    [
      'vLLM flat before August 2025 (scenario 21)',
      () => startVllm({ hasFlatErrors: true }),
      'gone',
      {},
      404,
      'model_not_found',
      'ok',
    ],
    ['vLLM refusing empty tools (scenario 23)', () => startVllm(), qwen, { tools: [] }, 400, null, 'ok'],
    [
      'vLLM refusing stream_options (scenario 23)',
      () => startVllm(),
      qwen,
      { stream_options: { include_usage: true } },
      400,
      null,
      'ok',
    ],
    [
      'LM Studio refusing json_object (scenario 28)',
      () => startLmStudio(),
      'google/gemma-3-4b',
      { response_format: { type: 'json_object' } },
      400,
      null,
      'ok',
    ],
    [
      'LM Studio refusing an object tool_choice (scenario 28)',
      () => startLmStudio(),
      'google/gemma-3-4b',
      {
        tools: [{ type: 'function', function: { name: 'f' } }],
        tool_choice: { type: 'function', function: { name: 'f' } },
      },
      400,
      null,
      'ok',
    ],
    ['LM Studio without the model (scenario 28)', () => startLmStudio(), 'gone', {}, 404, 'model_not_found', 'ok'],
    [
      'LM Studio with a token FLM lacks (scenario 28)',
      () => startLmStudio({ apiKey: 'k' }),
      'google/gemma-3-4b',
      {},
      502,
      'engine_needs_key',
      'unauthorized',
    ],
  ];
  for (const [what, start, model, extra, status, code, sign] of cases) {
    it(`of ${what} come in the shape of OpenAI`, async () => {
      const proxy = await before(await start(), model);

      const answer = await proxy.post('/v1/chat/completions', { model, messages, ...extra });

      const { error } = (await answer.json()) as OpenAiErrorBody;
      assert.deepEqual([answer.status, error.code], [status, code], error.message);
      assert.ok(error.message.length > 3 && typeof error.type === 'string');
      if (status === 503) assert.match(answer.headers.get('retry-after') ?? '', /^\d+$/);
      assert.equal(proxy.signs[0]?.[1], sign);
      assert.equal((await proxy.recordOf()).outcome, 'engine-error');
    });
  }

  for (const start of [startLlamaServer, startVllm, startLmStudio, startOllama] as const) {
    it(`of ${start.name.slice(5)} for broken JSON never arise: the engine is not asked (scenario 13)`, async () => {
      const engine = await start();
      const proxy = await before(engine, 'm');

      const answer = await proxy.post('/v1/chat/completions', '{"model":"m",');

      assert.equal(answer.status, 400);
      assert.equal(engine.requests.length, 0);
    });
  }

  it('for a full context of llama-server become OpenAI’s code (scenario 13)', async () => {
    const engine = await startOpenAiCompatible({
      models: ['m'],
      answers: {
        '/v1/chat/completions': {
          status: 400,
          body: {
            error: {
              code: 400,
              message: 'request (5000 tokens) exceeds the available context size (4096 tokens), try increasing it',
              type: 'exceed_context_size_error',
              n_prompt_tokens: 5000,
              n_ctx: 4096,
            },
          },
        },
      },
    });
    const proxy = await before(engine, 'm');

    const answer = await proxy.post('/v1/chat/completions', { model: 'm', messages, stream: true });

    assert.equal(((await answer.json()) as OpenAiErrorBody).error.code, 'context_length_exceeded');
  });

  const odd = [
    ['an HTML page as stream', 200, 'text/html', '<html><body>Error</body></html>', 502],
    ['an error object instead of a stream', 200, 'application/json', '{"error":{"message":"Compute error."}}', 502],
    ['plain text 500', 500, 'text/plain', 'out of memory', 500],
    ['an empty 500', 500, 'text/plain', '', 500],
    ['an empty 200', 200, 'application/json', '', 502],
    ['a 502 of a proxy between', 502, 'text/html', '<html>Bad Gateway</html>', 502],
    ['half a JSON object', 200, 'application/json', '{"choices":[{"mess', 502],
    ['a redirect', 307, 'text/plain', '', 502],
  ] as const;
  for (const [what, status, type, body, expected] of odd) {
    for (const stream of [false, true]) {
      it(`such as ${what} ${stream ? 'for a stream' : ''} become JSON errors (scenario 35)`, async () => {
        const engine = await startOpenAiCompatible({
          models: ['m'],
          answers: {
            '/v1/chat/completions': {
              status,
              headers: { 'content-type': type, location: 'http://evil.example/' },
              body,
            },
          },
        });
        const proxy = await before(engine, 'm');

        const answer = await proxy.post(
          '/v1/chat/completions',
          { model: 'm', messages, stream },
          { redirect: 'manual' },
        );

        assert.equal(answer.status, expected);
        const { error } = (await answer.json()) as OpenAiErrorBody;
        assert.equal(error.type, 'server_error');
        assert.ok(!error.message.includes('<'));
        assert.equal(answer.headers.get('location'), null);
      });
    }
  }

  it('under status 200 of LM Studio become error statuses (scenario 25)', async () => {
    const engine = await startLmStudio({
      answers: {
        '/v1/embeddings': { status: 200, body: { error: 'Unexpected endpoint or method. (POST /v1/embeddings)' } },
      },
    });
    const proxy = await before(engine, 'google/gemma-3-4b');

    const answer = await proxy.post('/v1/embeddings', { model: 'google/gemma-3-4b', input: 'a' });

    assert.equal(answer.status, 404);
  });
});

describe('an engine that is gone', () => {
  it('is reported as unreachable, with 502', async () => {
    const engine = await startOllama();
    const proxy = await before(engine, 'llama3.2:3b');
    await engine.stop();

    const answer = await proxy.post('/v1/chat/completions', { model: 'llama3.2:3b', messages });

    assert.equal(answer.status, 502);
    assert.equal(((await answer.json()) as OpenAiErrorBody).error.code, 'engine_unreachable');
    assert.deepEqual(proxy.signs, [['engine', 'unreachable']]);
  });

  it('is asked again by the next request when it is back', async () => {
    const engine = await startOllama();
    const proxy = await before(engine, 'llama3.2:3b');
    const ask = () => proxy.post('/v1/chat/completions', { model: 'llama3.2:3b', messages });
    await (await ask()).text();
    await engine.stop();
    await (await ask()).text();
    await engine.listen();

    assert.equal((await ask()).status, 200);
  });
});

describe('a kept-alive connection that the engine just closed (scenario 19)', () => {
  it('is replaced by a fresh one, once, and the client notices nothing', async () => {
    const engine = await startOpenAiCompatible({ models: ['m'] });
    const proxy = await before(engine, 'm');
    const ask = () => proxy.post('/v1/chat/completions', { model: 'm', messages });
    await (await ask()).text();
    engine.script({ resetReusedConnections: true });

    const answer = await ask();

    assert.equal(answer.status, 200);
    assert.deepEqual(
      engine.requests.map(({ connection }) => connection),
      [1, 1, 2],
    );
  });

  it('does not make a request that the engine kills run again', async () => {
    const engine = await startOpenAiCompatible({
      models: ['m'],
      answers: { '*': (exchange) => void exchange.req.socket.resetAndDestroy() },
    });
    const proxy = await before(engine, 'm');

    const answer = await proxy.post('/v1/chat/completions', { model: 'm', messages });

    assert.equal(answer.status, 502);
    assert.equal(engine.requests.length, 1);
    assert.deepEqual(proxy.signs, [['engine', 'reset']]);
  });

  it('survives engines that close after each hundredth answer or so', async () => {
    const engine = await startOpenAiCompatible({ models: ['m'], maxRequestsPerConnection: 3 });
    const proxy = await before(engine, 'm');

    for (let i = 0; i < 10; i++) {
      const answer = await proxy.post('/v1/chat/completions', { model: 'm', messages });
      assert.equal(answer.status, 200);
      await answer.text();
    }
  });
});

describe('answer headers', () => {
  it('carry nothing stale of the engine (scenario 38)', async () => {
    const engine = await startOpenAiCompatible({
      models: ['m'],
      answers: {
        '/v1/chat/completions': {
          status: 200,
          headers: {
            'content-type': 'application/json',
            server: 'engine',
            'set-cookie': 'a=b',
            'access-control-allow-origin': '*',
            'x-request-id': 'theirs',
            'x-kept': 'yes',
          },
          body: '{"choices":[],"usage":{"prompt_tokens":1,"completion_tokens":2}}',
        },
      },
    });
    const proxy = await before(engine, 'm');

    const answer = await proxy.post(
      '/v1/chat/completions',
      { model: 'm', messages },
      { headers: { 'accept-encoding': 'gzip' } },
    );

    const { headers } = answer;
    for (const name of ['server', 'set-cookie', 'access-control-allow-origin', 'content-encoding'])
      assert.equal(headers.get(name), null);
    assert.match(headers.get('x-request-id') ?? '', /^req_/);
    assert.equal(headers.get('x-kept'), 'yes');
    assert.equal(Number(headers.get('content-length')), (await answer.text()).length);
  });

  it('say 502 when an engine compresses although it was asked not to (scenario 38)', async () => {
    const { gzipSync } = await import('node:zlib');
    const engine = await startOpenAiCompatible({
      models: ['m'],
      answers: {
        '/v1/chat/completions': {
          headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
          body: gzipSync('{"choices":[]}'),
        },
      },
    });
    const proxy = await before(engine, 'm');

    const answer = await proxy.post('/v1/chat/completions', { model: 'm', messages });

    assert.equal(answer.status, 502);
    assert.equal(answer.headers.get('content-encoding'), null);
  });

  it('pass a large answer whole, with its usage read', async () => {
    const data = Array.from({ length: 400 }, (_, index) => ({
      object: 'embedding',
      index,
      embedding: Array(300).fill(0.123456),
    }));
    const body = JSON.stringify({ object: 'list', data, usage: { prompt_tokens: 400, total_tokens: 400 } });
    const engine = await startOpenAiCompatible({
      models: ['m'],
      answers: { '/v1/embeddings': { headers: { 'content-type': 'application/json' }, body } },
    });
    const proxy = await before(engine, 'm');

    const answer = await proxy.post('/v1/embeddings', { model: 'm', input: 'a' });

    assert.equal(await answer.text(), body);
    assert.equal((await proxy.recordOf()).tokensIn, 400);
  });

  it('are followed by a cut connection when a large answer breaks off', async () => {
    const engine = await startOpenAiCompatible({
      models: ['m'],
      answers: {
        '/v1/embeddings': (exchange) => {
          const { res } = exchange;
          res.writeHead(200, { 'content-type': 'application/json', 'content-length': 10_000_000 });
          res.write(`{"data":[${'1,'.repeat(500_000)}`, () => res.destroy());
        },
      },
    });
    const proxy = await before(engine, 'm');

    await assert.rejects(async () => (await proxy.post('/v1/embeddings', { model: 'm', input: 'a' })).text());
    assert.equal((await proxy.recordOf()).outcome, 'engine-error');
  });
});

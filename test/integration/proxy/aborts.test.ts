import assert from 'node:assert/strict';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { once } from 'node:events';
import { startLlamaServer } from '../../helpers/engines/llama-server';
import { startOllama } from '../../helpers/engines/ollama';
import { startOpenAiCompatible } from '../../helpers/engines/openai-compatible';
import type { Gate } from '../../../src/core/request';
import { inTime, onceInTime } from '../../helpers/once-in-time';
import { openGate } from '../../helpers/open-gate';
import {
  queueingGate,
  startProxy,
  type EngineSetup,
  type Harness,
  type HarnessOptions,
} from '../../helpers/proxy-harness';

const messages = [{ role: 'user' as const, content: 'Hi' }];
const gemma = 'ggml-org/gemma-3-4b-it-GGUF:Q4_K_M';

/** A busy machine gets that long to come to rest. */
const patienceMs = 20_000;

/** The promise of FLM: this long after its client left, the engine knows. */
const withinMs = 100;

const open: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  for (const each of open.splice(0)) await each.stop();
});

async function before(
  simulator: { url: string; stop(): Promise<void> },
  setup: Partial<EngineSetup> = {},
  options: HarnessOptions = {},
): Promise<Harness> {
  const engine = { id: 'engine', baseUrl: simulator.url, models: ['m'], ...setup };
  const proxy = await startProxy({ engines: [engine], ...options });
  open.push(proxy, simulator);
  return proxy;
}

function leaving(proxy: Harness, path: string, body: object, headers: Record<string, string> = {}) {
  const left = new AbortController();
  const answer = proxy.post(path, body, { signal: left.signal, headers }).catch(() => undefined);
  return { answer, leave: () => left.abort() };
}

/** Takes connections and never says anything. */
async function silentServer() {
  const sockets = new Set<Socket>();
  const seen: Buffer[] = [];
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('data', (data) => seen.push(data));
    socket.once('close', () => sockets.delete(socket));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const stop = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  };
  return { server, seen, sockets, port: (server.address() as AddressInfo).port, stop };
}

const routes = {
  '/v1/chat/completions': { messages },
  '/v1/completions': { prompt: 'Hi' },
  '/v1/embeddings': { input: 'Hi' },
} as const;

describe('a client’s leaving reaches the engine within 100 ms', function () {
  this.timeout(30_000);
  for (const [path, body] of Object.entries(routes)) {
    it(`while ${path} waits for its turn: the engine never hears of it, the place is free`, async () => {
      const engine = await startOpenAiCompatible({ models: ['m'], timing: { answerMs: 10_000 } });
      const proxy = await before(
        engine,
        {},
        { gate: queueingGate(), config: { 'routing.engines': { engine: { concurrency: 1 } } } },
      );
      const first = leaving(proxy, path, { model: 'm', ...body });
      await engine.waitForRequest();

      await onceInTime(async () => {
        const known = proxy.records.length;
        const waiting = leaving(proxy, path, { model: 'm', ...body });
        while (proxy.proxy.stats().inFlight < 2) await new Promise((resolve) => setImmediate(resolve));
        const recorded = proxy.recordOf((record) => proxy.records.indexOf(record) >= known);
        await inTime(withinMs, () => {
          waiting.leave();
          return recorded;
        });
        assert.equal((await recorded).outcome, 'aborted');
      });

      assert.equal(engine.requests.length, 1);
      first.leave();
      assert.equal(await engine.requests[0]?.ended, 'aborted');
    });

    it(`while FLM connects for ${path}: the engine never hears of it`, async () => {
      const silent = await silentServer();
      const proxy = await before({ url: `https://127.0.0.1:${silent.port}`, stop: silent.stop });
      const { leave } = leaving(proxy, path, { model: 'm', ...body });
      while (silent.seen.length === 0) await new Promise((resolve) => setImmediate(resolve));
      const greeting = Buffer.concat(silent.seen).length;

      leave();

      assert.equal((await proxy.recordOf()).outcome, 'aborted');
      assert.equal(Buffer.concat(silent.seen).length, greeting);
      assert.equal(proxy.proxy.traffic(['engine'])[0]?.inFlight, 0);
    });

    it(`before the first byte of ${path}`, async () => {
      const engine = await startOpenAiCompatible({ models: ['m'], timing: { answerMs: 10_000 } });
      const proxy = await before(engine);

      await onceInTime(async () => {
        const known = engine.requests.length;
        const { leave } = leaving(proxy, path, { model: 'm', ...body });
        const seen = await engine.waitForRequest((request) => engine.requests.indexOf(request) >= known);
        await inTime(withinMs, () => {
          leave();
          return seen.ended;
        });
        assert.equal(await seen.ended, 'aborted');
      });
    });
  }

  for (const path of ['/v1/chat/completions', '/v1/completions'] as const) {
    it(`in the middle of a stream of ${path}`, async () => {
      const engine = await startOpenAiCompatible({
        models: ['m'],
        reply: { text: 'word '.repeat(10_000) },
        timing: { tokenMs: 5 },
      });
      const proxy = await before(engine);

      await onceInTime(async () => {
        const known = engine.requests.length;
        const { answer, leave } = leaving(proxy, path, { model: 'm', ...routes[path], stream: true });
        await (await answer)?.body?.getReader().read();
        const seen = engine.requests[known]!;
        await inTime(withinMs, () => {
          leave();
          return seen.ended;
        });
        assert.equal(await seen.ended, 'aborted');
        await engine.waitForIdle();
      });
    });
  }
});

describe('llama-server, which does not notice that the client of a whole answer has left', () => {
  for (const path of ['/v1/chat/completions', '/v1/completions'] as const) {
    it(`stops generating for ${path} while it streams to somebody else`, async () => {
      const engine = await startLlamaServer({
        orphansWholeAnswers: true,
        abortPollMs: 5,
        slots: 2,
        reply: { text: 'word '.repeat(10_000) },
        timing: { tokenMs: 20 },
      });
      const proxy = await before(engine, { kind: 'llamacpp', models: [gemma] });
      const other = leaving(proxy, path, { model: gemma, ...routes[path], stream: true });
      await other.answer;
      const { leave } = leaving(proxy, path, { model: gemma, ...routes[path] });
      while (engine.runningGenerations < 2) await new Promise((resolve) => setImmediate(resolve));

      leave();

      while (engine.runningGenerations > 1) await new Promise((resolve) => setImmediate(resolve));
      assert.equal(engine.generations[1]?.state, 'cancelled');
      assert.equal(engine.generations[0]?.state, 'running');
      other.leave();
      await engine.waitForIdle();
    });

    it(`gives the same whole answer of ${path} as without the detour`, async () => {
      const reply = {
        text: 'é😀 "x"',
        ...(path === '/v1/completions' ? {} : { reasoning: 'hm', toolCalls: [{ name: 'f', arguments: { a: [1] } }] }),
      };
      const engine = await startLlamaServer({ reply });
      const proxy = await before(engine, { kind: 'llamacpp', models: [gemma] });
      const body = { model: gemma, ...routes[path] };
      const own = (await (
        await fetch(`${engine.url}${path}`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(body),
        })
      ).json()) as Record<string, unknown>;

      const answer = await proxy.post(path, body);

      const text = await answer.text();
      const ids = (json: string): string =>
        json
          .replace(/"id":"[^"]*"/g, '"id":""')
          .replace(/"created":\d+/, '"created":0')
          .replace(/"reasoning":"hm",?|,"reasoning":"hm"/g, '');
      assert.equal(ids(text), ids(JSON.stringify(own)));
      assert.equal(answer.headers.get('content-type'), 'application/json');
      assert.match(answer.headers.get('x-flm-repair') ?? '', /joined-stream/);
      const record = await proxy.recordOf();
      assert.equal(record.tokensOut, (own.usage as { completion_tokens: number }).completion_tokens);
    });
  }

  it('tells a failure in the middle with an error status', async () => {
    const engine = await startLlamaServer({
      reply: { text: 'one two three', failAfterTokens: 2, failMessage: 'boom' },
    });
    const proxy = await before(engine, { kind: 'llamacpp', models: [gemma] });

    const answer = await proxy.post('/v1/chat/completions', { model: gemma, messages });

    assert.ok(answer.status >= 500);
    assert.match(await answer.text(), /boom/);
    assert.equal((await proxy.recordOf()).outcome, 'engine-error');
  });

  it('never passes half an answer for a whole one', async () => {
    for (const how of ['eof', 'reset'] as const) {
      const engine = await startLlamaServer({ wire: { cut: { afterEvents: 2, how } } });
      const proxy = await before(engine, { kind: 'llamacpp', models: [gemma] });

      const answer = await proxy.post('/v1/chat/completions', { model: gemma, messages });

      assert.equal(answer.status, 502);
      const { error } = (await answer.json()) as { error: { code: string } };
      assert.equal(error.code, 'engine_stream_broken');
    }
  });

  it('is asked for the whole answer where the repair is switched off', async () => {
    const engine = await startLlamaServer();
    const config = { 'proxy.repairs.disabled': ['joined-stream'] };
    const proxy = await before(engine, { kind: 'llamacpp', models: [gemma] }, { config });

    await proxy.post('/v1/chat/completions', { model: gemma, messages });

    assert.equal((engine.requests[0]?.json as { stream?: boolean }).stream, undefined);
  });
});

describe('an engine that must not be broken off', () => {
  const config = { 'routing.engines': { engine: { onAbort: 'drain', concurrency: 1 } } };

  for (const stream of [true, false]) {
    it(`answers to its end for nobody, and only then gets the next request (stream: ${stream})`, async () => {
      const engine = await startOpenAiCompatible({
        models: ['m'],
        reply: { text: 'word '.repeat(20) },
        timing: { tokenMs: 10 },
      });
      const proxy = await before(engine, {}, { config, gate: queueingGate() });
      const { answer, leave } = leaving(proxy, '/v1/chat/completions', { model: 'm', messages, stream });
      const seen = await engine.waitForRequest();
      if (stream) await (await answer)?.body?.getReader().read();
      leave();
      assert.equal((await proxy.recordOf()).outcome, 'aborted');

      const next = await proxy.post('/v1/chat/completions', { model: 'm', messages });

      assert.equal(next.status, 200);
      assert.equal(await seen.ended, 'finished');
      assert.equal(engine.generations[0]?.state, 'finished');
      assert.ok(engine.generations[1]!.startedAt >= engine.generations[0].endedAt!);
      await next.text();
      while (proxy.proxy.traffic(['engine'])[0]?.inFlight !== 0) await new Promise((resolve) => setImmediate(resolve));
    });
  }

  it('is cut all the same when FLM stops', async () => {
    const engine = await startOpenAiCompatible({ models: ['m'], timing: { answerMs: 60_000 } });
    const proxy = await before(engine, {}, { config });
    const { leave } = leaving(proxy, '/v1/chat/completions', { model: 'm', messages });
    const seen = await engine.waitForRequest();
    leave();
    await proxy.recordOf();

    await proxy.stop();

    assert.equal(await seen.ended, 'aborted');
  });
});

describe('a client that does not wait for a model to load', () => {
  const model = 'llama3.2:3b';
  const cold = { kind: 'ollama' as const, models: [model], model: { isLoaded: false } };

  it('does not stop the load, and nothing is generated for it', async () => {
    const engine = await startOllama({ timing: { loadMs: 1500, tokenMs: 20 }, reply: { text: 'word '.repeat(1000) } });
    const proxy = await before(engine, cold);
    const { leave } = leaving(proxy, '/v1/chat/completions', { model, messages, stream: true });
    const seen = await engine.waitForRequest();
    leave();
    assert.equal((await proxy.recordOf()).outcome, 'aborted');
    assert.equal(proxy.proxy.traffic(['engine'])[0]?.inFlight, 0);
    assert.equal(engine.runningGenerations + engine.generations.length, 0);

    assert.equal(await seen.ended, 'aborted');

    assert.equal(engine.generations.length, 1);
    assert.ok(engine.generations[0]!.tokens <= 3);
    await engine.waitForIdle();
  });

  it('stops it where that is switched off, and where the model is loaded', async () => {
    const setups = [
      { setup: cold, config: { 'routing.loadThroughSeconds': 0 } },
      { setup: { ...cold, model: { isLoaded: true } }, config: {} },
    ];
    for (const { setup, config } of setups) {
      const engine = await startOllama({ timing: { loadMs: 60_000 } });
      const proxy = await before(engine, setup, { config });
      const { leave } = leaving(proxy, '/v1/chat/completions', { model, messages });
      const seen = await engine.waitForRequest();

      leave();

      assert.equal(await seen.ended, 'aborted');
    }
  });

  it('stops it after the time set for it', async () => {
    const engine = await startOllama({ timing: { loadMs: 60_000 } });
    const proxy = await before(engine, cold, { config: { 'routing.loadThroughSeconds': 0.2 } });
    const { leave } = leaving(proxy, '/v1/chat/completions', { model, messages });
    const seen = await engine.waitForRequest();
    const since = performance.now();

    leave();

    assert.equal(await seen.ended, 'aborted');
    assert.ok(performance.now() - since >= 190);
  });
});

describe('a thousand clients that leave at random', () => {
  it('leave no work behind at any engine, no place taken and no request open', async () => {
    const plain = await startOpenAiCompatible({
      models: ['m', 'shared'],
      timing: { answerMs: 3, firstTokenMs: 5, tokenMs: 2 },
    });
    const llama = await startLlamaServer({
      orphansWholeAnswers: true,
      abortPollMs: 5,
      slots: 4,
      timing: { firstTokenMs: 5, tokenMs: 2 },
      reply: { text: 'word '.repeat(30) },
    });
    const ollama = await startOllama({ timing: { firstTokenMs: 5, tokenMs: 2 }, reply: { text: 'word '.repeat(30) } });
    open.push(plain, llama, ollama);
    let seed = 20261122;
    const random = (below: number): number => (seed = (seed * 48271) % 2147483647) % below;
    const leaves = new Map<string, () => void>();
    const admit: Gate['admit'] = (facts) => {
      // From the arrival, so that clients leave at every stage however slow this machine is. One in eight stays.
      const leave = leaves.get(String(facts.headers['x-test-client']));
      if (leave !== undefined && random(8) !== 0) setTimeout(leave, random(60));
      return openGate.admit(facts);
    };
    const proxy = await startProxy({
      gate: { ...queueingGate({ slots: 32 }), admit },
      config: { 'routing.engines': { plain: { concurrency: 8 } }, 'proxy.heartbeatSeconds': 0.02 },
      engines: [
        { id: 'plain', baseUrl: plain.url, models: ['m', 'shared'] },
        { id: 'llama', kind: 'llamacpp', baseUrl: llama.url, models: [gemma, 'shared'], engine: { parallel: 4 } },
        { id: 'ollama', kind: 'ollama', baseUrl: ollama.url, models: ['llama3.2:3b'] },
      ],
    });
    open.unshift(proxy);
    const models = ['m', gemma, 'llama3.2:3b', 'shared'];
    const paths = Object.keys(routes);
    let left = 1000;
    const client = async (): Promise<void> => {
      while (left-- > 0) {
        const path = paths[random(3)] as keyof typeof routes;
        const model = path === '/v1/embeddings' ? 'm' : models[random(4)];
        const body = { model, ...routes[path], ...(random(2) === 0 ? { stream: true } : {}) };
        const name = String(left);
        const { answer, leave } = leaving(proxy, path, body, { 'x-test-client': name });
        leaves.set(name, leave);
        await (await answer)?.text().catch(() => undefined);
        leaves.delete(name);
      }
    };
    await Promise.all(Array.from({ length: 24 }, client));

    while (proxy.proxy.stats().inFlight > 0) await new Promise((resolve) => setImmediate(resolve));
    for (const engine of [plain, llama, ollama]) {
      await engine.waitForIdle(patienceMs);
      assert.deepEqual(engine.errors, []);
    }
    const ids = ['plain', 'llama', 'ollama'];
    while (proxy.proxy.traffic(ids).some(({ inFlight }) => inFlight > 0))
      await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(
      proxy.proxy.traffic(ids).map(({ inFlight, breaker }) => [inFlight, breaker]),
      [
        [0, 'closed'],
        [0, 'closed'],
        [0, 'closed'],
      ],
    );
    assert.equal(proxy.records.length, proxy.proxy.stats().requests);
    assert.ok(proxy.records.filter(({ outcome }) => outcome === 'aborted').length > 100);
    assert.ok(proxy.records.filter(({ outcome }) => outcome === 'ok').length > 20);
  }).timeout(60_000);
});

describe('a client that cuts its connection hard', () => {
  it('is noticed as fast as one that closes it', async () => {
    const engine = await startOpenAiCompatible({ models: ['m'], timing: { answerMs: 10_000 } });
    const proxy = await before(engine);
    const text = JSON.stringify({ model: 'm', messages });
    const socket = connect(proxy.port, '127.0.0.1');
    socket.write(
      `POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${text.length}\r\n\r\n${text}`,
    );
    const seen = await engine.waitForRequest();

    socket.resetAndDestroy();

    assert.equal(await seen.ended, 'aborted');
    assert.equal((await proxy.recordOf()).outcome, 'aborted');
  });
});

import assert from 'node:assert/strict';
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { startLlamaServer } from '../../helpers/engines/llama-server';
import { startOllama } from '../../helpers/engines/ollama';
import { startOpenAiCompatible } from '../../helpers/engines/openai-compatible';
import {
  queueingGate,
  startProxy,
  type EngineSetup,
  type Harness,
  type HarnessOptions,
} from '../../helpers/proxy-harness';

const messages = [{ role: 'user' as const, content: 'Hi' }];
const chatPath = '/v1/chat/completions';

const open: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  for (const each of open.splice(0)) await each.stop();
});

async function engineOf(script: Parameters<typeof startOpenAiCompatible>[0] = {}) {
  const engine = await startOpenAiCompatible({ models: ['m'], ...script });
  open.push(engine);
  return engine;
}

async function proxyOver(
  engines: Readonly<Record<string, { url: string } | string>>,
  options: HarnessOptions & { readonly setups?: Readonly<Record<string, Partial<EngineSetup>>> } = {},
): Promise<Harness> {
  const setups = Object.entries(engines).map(([id, engine]) => ({
    id,
    baseUrl: typeof engine === 'string' ? engine : engine.url,
    models: ['m'],
    ...options.setups?.[id],
  }));
  const proxy = await startProxy({ engines: setups, ...options });
  open.unshift(proxy);
  return proxy;
}

/** An address where nothing listens. */
async function nowhere(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${port}`;
}

/** Takes requests and cuts the connection without an answer. */
async function cutting() {
  let requests = 0;
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => {
      requests++;
      socket.destroy();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const stop = (): Promise<void> => new Promise((resolve) => server.close(() => resolve()));
  open.push({ stop });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests: () => requests };
}

const ask = (proxy: Harness, more: object = {}, init?: RequestInit) =>
  proxy.post(chatPath, { model: 'm', messages, ...more }, init);

describe('an engine that gives no answer', () => {
  const faults = {
    'refuses connections': async () => nowhere(),
    'cuts the connection': async () => (await cutting()).url,
    'says 503 while it loads': async () =>
      (await engineOf({ answers: { '*': { status: 503, body: { error: { message: 'Loading model' } } } } })).url,
    'says 502': async () => (await engineOf({ answers: { '*': { status: 502, body: '<html>' } } })).url,
    'says 429': async () => (await engineOf({ answers: { '*': { status: 429, body: {} } } })).url,
  };
  for (const [name, broken] of Object.entries(faults)) {
    for (const stream of [true, false]) {
      it(`and ${name} is replaced by the next that has the model (stream: ${stream})`, async () => {
        const well = await engineOf();
        const proxy = await proxyOver({ a: await broken(), b: well });

        const answer = await ask(proxy, { stream });

        assert.equal(answer.status, 200);
        assert.match(await answer.text(), stream ? /\[DONE\]/ : /You said: Hi/);
        assert.deepEqual([answer.headers.get('x-flm-engine'), answer.headers.get('x-flm-failed-engines')], ['b', 'a']);
        const record = await proxy.recordOf();
        assert.deepEqual([record.outcome, record.engineId, record.failedEngines], ['ok', 'b', ['a']]);
        assert.equal(proxy.signs.at(-1)?.join(), 'b,ok');
      });
    }
  }

  it('is the answer’s reason where no other has the model', async () => {
    const proxy = await proxyOver({ a: await nowhere() });

    const answer = await ask(proxy);

    assert.equal(answer.status, 502);
    assert.equal(answer.headers.get('x-flm-engine'), 'a');
    assert.equal((await proxy.recordOf()).failedEngines, undefined);
  });

  it('is not replaced when it answered with another error: that is an answer', async () => {
    const failing = await engineOf({ answers: { '*': { status: 500, body: { error: 'boom' } } } });
    const well = await engineOf();
    const proxy = await proxyOver({ a: failing, b: well });

    assert.equal((await ask(proxy)).status, 500);
    assert.equal(well.requests.length, 0);
  });

  it('is not replaced once a byte went out', async () => {
    const breaking = await engineOf({ wire: { cut: { afterEvents: 1, how: 'reset' } } });
    const well = await engineOf();
    const proxy = await proxyOver({ a: breaking, b: well });

    const text = await (await ask(proxy, { stream: true })).text();

    assert.match(text, /engine_stream_broken/);
    assert.equal(well.requests.length, 0);
  });

  it('takes no more than two engines down with one request', async () => {
    const cut = [await cutting(), await cutting()];
    const well = await engineOf();
    const proxy = await proxyOver({ a: cut[0]!, b: cut[1]!, c: well });

    const answer = await ask(proxy);

    assert.equal(answer.status, 502);
    assert.deepEqual(
      cut.map((each) => each.requests()),
      [1, 1],
    );
    assert.equal(well.requests.length, 0);
  });

  it('is replaced inside a stream in which only signs of life were sent', async () => {
    const slow = await engineOf({
      timing: { answerMs: 150 },
      answers: { '*': { status: 503, body: {}, delayMs: 50 } },
    });
    const well = await engineOf();
    const proxy = await proxyOver({ a: slow, b: well }, { config: { 'proxy.heartbeatSeconds': 0.05 } });

    const text = await (await ask(proxy, { stream: true })).text();

    assert.match(text, /^: ping\n\n/);
    assert.match(text, /\[DONE\]/);
    assert.doesNotMatch(text, /"error"/);
    assert.equal((await proxy.recordOf()).outcome, 'ok');
  });

  it('is asked as its own kind, the next one as its own', async () => {
    const ollama = await startOllama();
    open.push(ollama);
    const model = 'llama3.2:3b';
    const proxy = await proxyOver(
      { a: await nowhere(), b: ollama },
      { setups: { a: { models: [model] }, b: { models: [model], kind: 'ollama' } } },
    );

    const answer = await ask(proxy, { model, max_completion_tokens: 3 });

    assert.match(answer.headers.get('x-flm-repair') ?? '', /max-tokens/);
    assert.equal((ollama.requests[0]?.json as { max_tokens?: number }).max_tokens, 3);
  });
});

describe('the circuit breaker', () => {
  it('answers at once with 503 and when to come back, after three failures in a row', async () => {
    const proxy = await proxyOver({ a: await nowhere() });
    const statuses: number[] = [];
    for (let i = 0; i < 3; i++) statuses.push((await ask(proxy)).status);

    const answer = await ask(proxy);

    assert.deepEqual(statuses, [502, 502, 502]);
    assert.equal(answer.status, 503);
    assert.ok(Number(answer.headers.get('retry-after')) >= 1);
    const { error } = (await answer.json()) as { error: { code: string; message: string } };
    assert.equal(error.code, 'engine_unavailable');
    assert.match(error.message, /The engine a could not be reached/);
    assert.deepEqual(proxy.proxy.traffic(['a']), [{ engineId: 'a', inFlight: 0, breaker: 'open' }]);
    assert.equal(proxy.signs.length, 3);
  });

  it('closes when the engine is back and answers the one request that tries', async () => {
    const engine = await engineOf();
    await engine.stop();
    const proxy = await proxyOver({ a: engine });
    for (let i = 0; i < 3; i++) await ask(proxy);
    assert.equal((await ask(proxy)).status, 503);
    await engine.listen();

    let answer = await ask(proxy);
    while (answer.status === 503) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      answer = await ask(proxy);
    }

    assert.equal(answer.status, 200);
    assert.equal(proxy.proxy.traffic(['a'])[0]?.breaker, 'closed');
  });

  it('keeps requests away from an engine without asking it first', async () => {
    const cut = await cutting();
    const well = await engineOf();
    const proxy = await proxyOver({ a: cut, b: well });
    const another = (i: number) => ask(proxy, { messages: [{ role: 'user', content: `conversation ${i}` }] });
    for (let i = 0; i < 3; i++) assert.equal((await another(i)).status, 200);
    const asked = cut.requests();

    for (let i = 3; i < 8; i++) assert.equal((await another(i)).status, 200);

    assert.deepEqual([asked, cut.requests()], [3, 3]);
  });

  it('takes errors that engines answer for answers', async () => {
    const failing = await engineOf({ answers: { '*': { status: 500, body: {} } } });
    const proxy = await proxyOver({ a: failing });

    for (let i = 0; i < 5; i++) assert.equal((await ask(proxy)).status, 500);

    assert.equal(failing.requests.length, 5);
  });
});

describe('places at an engine', () => {
  it('are as many as llama-server has slots; the others wait their turn in FLM (scenario 18)', async () => {
    const engine = await startLlamaServer({ slots: 2, timing: { tokenMs: 5 } });
    open.push(engine);
    const model = 'ggml-org/gemma-3-4b-it-GGUF:Q4_K_M';
    const proxy = await proxyOver(
      { a: engine },
      { gate: queueingGate(), setups: { a: { kind: 'llamacpp', models: [model], engine: { parallel: 2 } } } },
    );
    let most = 0;
    const watch = setInterval(() => (most = Math.max(most, engine.runningGenerations)), 1);

    const answers = await Promise.all(Array.from({ length: 8 }, () => ask(proxy, { model, stream: true })));
    await Promise.all(answers.map((answer) => answer.text()));
    clearInterval(watch);

    assert.equal(most, 2);
    assert.ok(proxy.records.every(({ outcome }) => outcome === 'ok'));
    assert.ok(proxy.records.some(({ queueMs }) => (queueMs ?? 0) > 0));
    assert.equal(proxy.proxy.traffic(['a'])[0]?.inFlight, 0);
  });

  it('give signs of life to streaming clients that wait for one', async () => {
    const engine = await engineOf({ timing: { answerMs: 1500 } });
    const proxy = await proxyOver(
      { a: engine },
      {
        gate: queueingGate(),
        config: { 'routing.engines': { a: { concurrency: 1 } }, 'proxy.heartbeatSeconds': 0.05 },
      },
    );
    const first = ask(proxy);
    await engine.waitForRequest();

    const second = await ask(proxy, { stream: true });
    const beforeTurn = engine.requests.length;
    const text = await second.text();

    assert.equal(beforeTurn, 1);
    assert.match(text, /^: ping\n\n/);
    assert.match(text, /\[DONE\]/);
    assert.equal((await first).status, 200);
    const record = await proxy.recordOf(({ isStream }) => isStream === true);
    assert.ok((record.queueMs ?? 0) > 50);
  });

  it('are refused after the longest wait: as a status, or as an event where the head is out', async () => {
    const engine = await engineOf({ timing: { answerMs: 500 } });
    const proxy = await proxyOver(
      { a: engine },
      {
        gate: queueingGate({ waitMs: 120 }),
        config: { 'routing.engines': { a: { concurrency: 1 } }, 'proxy.heartbeatSeconds': 0.05 },
      },
    );
    const first = ask(proxy);
    await engine.waitForRequest();

    const [whole, stream] = await Promise.all([ask(proxy), ask(proxy, { stream: true })]);

    assert.equal(whole.status, 429);
    const text = await stream.text();
    assert.equal(stream.status, 200);
    assert.match(text, /"code":"too_many_concurrent"/);
    assert.doesNotMatch(text, /\[DONE\]/);
    const refused = await proxy.recordOf(({ isStream }) => isStream === true);
    assert.deepEqual([refused.outcome, refused.rule], ['refused', 'queue.waited-too-long']);
    await first;
  });

  it('are taken by the next client when the first one leaves the line', async () => {
    const engine = await engineOf({ timing: { answerMs: 100 } });
    const proxy = await proxyOver(
      { a: engine },
      { gate: queueingGate(), config: { 'routing.engines': { a: { concurrency: 1 } } } },
    );
    const first = ask(proxy);
    await engine.waitForRequest();
    const leaver = new AbortController();
    const left = ask(proxy, {}, { signal: leaver.signal }).catch(() => undefined);
    const third = ask(proxy);
    leaver.abort();
    await left;

    assert.deepEqual([(await first).status, (await third).status], [200, 200]);
    assert.equal(engine.requests.length, 2);
  });
});

describe('several engines with one model', () => {
  it('share what comes, and keep a conversation where it was', async () => {
    const engines = [await engineOf(), await engineOf()];
    const proxy = await proxyOver({ a: engines[0]!, b: engines[1]! });
    const turn = async (text: string, more: object[] = []) => {
      const answer = await ask(proxy, { messages: [{ role: 'user', content: text }, ...more] });
      return answer.headers.get('x-flm-engine');
    };
    engines[0]!.script({ timing: { answerMs: 1000 } });
    const busy = turn('busy');
    await engines[0]!.waitForRequest();
    assert.equal(await turn('mine'), 'b');
    await busy;

    assert.equal(
      await turn('mine', [
        { role: 'assistant', content: 'x' },
        { role: 'user', content: 'y' },
      ]),
      'b',
    );
    assert.equal(await turn('other'), 'a');
  });
});

import assert from 'node:assert/strict';
import { request, Agent, type IncomingMessage } from 'node:http';
import { startLlamaServer } from '../../helpers/engines/llama-server';
import { startOllama } from '../../helpers/engines/ollama';
import { startOpenAiCompatible } from '../../helpers/engines/openai-compatible';
import { rawRequest } from '../../helpers/engines/raw-request';
import { tokenize } from '../../helpers/engines/reply';
import type { Simulator } from '../../helpers/engines/simulator';
import type { CommonScript } from '../../helpers/engines/script';
import type { WireScript } from '../../helpers/engines/wire';

const stops: (() => Promise<void>)[] = [];
const stopAll = async (): Promise<void> => {
  await Promise.all(stops.splice(0).map((stop) => stop()));
};

const emoji = '🦊 日本語 👩‍🚀 e\u0301 – done';

function chat(simulator: Simulator<CommonScript>, body: object = {}, signal?: AbortSignal): Promise<Response> {
  return fetch(`${simulator.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'local-model', messages: [{ role: 'user', content: 'Hi' }], stream: true, ...body }),
    ...(signal ? { signal } : {}),
  });
}

/** The sizes of the chunks of a streamed answer, as sent. */
async function chunksOf(wire: WireScript): Promise<{ body: string; sizes: number[] }> {
  const server = await started(startOpenAiCompatible({ wire, reply: { text: emoji } }));
  try {
    const body = JSON.stringify({ model: 'local-model', messages: [{ role: 'user', content: 'x' }], stream: true });
    const answer = await rawRequest(
      server.port,
      `POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    );
    const sizes = [...answer.bytes.toString('latin1').matchAll(/(?:^|\r\n)([0-9a-f]+)\r\n/g)].map((match) =>
      Number.parseInt(match[1] ?? '', 16),
    );
    return { body: answer.body, sizes: sizes.filter((size) => size > 0) };
  } finally {
    await server.stop();
  }
}

describe('The wire of a simulated engine', () => {
  afterEach(stopAll);

  it('sends the same bytes in one write, in single bytes and split at given offsets', async () => {
    const [plain, whole, bytes, split] = await Promise.all([
      chunksOf({}),
      chunksOf({ chunking: 'whole' }),
      chunksOf({ chunking: { bytesPerWrite: 1 } }),
      chunksOf({ chunking: { splitAt: [1, 7, 300] } }),
    ]);
    const text = (body: string): string => body.replaceAll(/"(id|created)":("[^"]*"|\d+)/g, '"$1":0');

    assert.equal(text(whole.body), text(plain.body));
    assert.equal(text(bytes.body), text(plain.body));
    assert.equal(text(split.body), text(plain.body));
    assert.equal(whole.sizes.length, 1);
    assert.ok(bytes.sizes.every((size) => size === 1));
    assert.deepEqual(split.sizes.slice(0, 3), [1, 6, 293]);
  });

  it('writes other SSE syntax with the same meaning', async () => {
    const { body } = await chunksOf({
      lineEnd: '\r\n',
      noSpaceAfterColon: true,
      prefix: '\uFEFF: hello\n\n',
      suffix: 'data: late\n\n',
    });

    assert.ok(body.startsWith('\uFEFF: hello\n\ndata:{'));
    assert.ok(body.includes('data:[DONE]\r\n\r\n'));
    assert.ok(body.endsWith('data: late\n\n'));
  });

  it('replaces, drops and multiplies single events', async () => {
    const { body } = await chunksOf({
      rewrite: (event, index) =>
        index === 0 ? 'data: {bad\n\n' : index === 1 ? [] : index === 2 ? [event, event] : event,
    });

    assert.ok(body.startsWith('data: {bad\n\n'));
    const events = body.split('\n\n');
    assert.equal(events[1], events[2]);
  });

  for (const how of ['reset', 'close', 'mid-chunk', 'long-content-length'] as const) {
    it(`breaks a stream off after two events: ${how}`, async () => {
      const server = await started(startOpenAiCompatible({ wire: { cut: { afterEvents: 2, how } } }));
      const answer = await chat(server);
      const read: string[] = [];

      await assert.rejects(async () => {
        for await (const part of answer.body!.pipeThrough(new TextDecoderStream())) read.push(part);
      });

      assert.equal(read.join('').split('\n\n').slice(0, -1).length, 2);
      assert.equal(await server.requests[0]!.ended, 'cut');
      assert.equal(server.requests[0]!.abortedAt, undefined);
      await server.stop();
    });
  }

  it('ends a stream early as if it were complete', async () => {
    const server = await started(startOpenAiCompatible({ wire: { cut: { afterEvents: 2, how: 'eof' } } }));

    const text = await (await chat(server)).text();

    assert.equal(text.split('\n\n').length, 3);
    assert.ok(!text.includes('[DONE]'));
  });

  it('falls silent until the client gives up', async () => {
    const server = await started(startOpenAiCompatible({ wire: { stall: { afterEvents: 1, forMs: Infinity } } }));
    const abort = new AbortController();
    const answer = await chat(server, {}, abort.signal);
    const reader = answer.body!.getReader();
    await reader.read();

    abort.abort();

    assert.equal(await server.requests[0]!.ended, 'aborted');
    await server.waitForIdle();
    await reader.read().catch(() => undefined);
  });
});

/** Stopped after the test, however it ends. */
async function started<T extends { stop(): Promise<void> }>(starting: Promise<T>): Promise<T> {
  const simulator = await starting;
  stops.push(() => simulator.stop());
  return simulator;
}

describe('A simulated engine', () => {
  afterEach(stopAll);

  it('records what was asked and when the client left', async () => {
    const server = await started(startOllama({ timing: { tokenMs: 50 }, loaded: ['llama3.2:3b'] }));
    const abort = new AbortController();
    const answer = await chat(server, { model: 'llama3.2:3b' }, abort.signal);
    await answer.body!.getReader().read();

    abort.abort();
    const [asked] = server.requests;

    assert.equal(await asked!.ended, 'aborted');
    assert.ok(asked!.abortedAt! >= asked!.startedAt);
    assert.deepEqual([asked!.method, asked!.path], ['POST', '/v1/chat/completions']);
    assert.equal((asked!.json as { stream: boolean }).stream, true);
    await server.waitForIdle();
    assert.equal(server.generations[0]!.state, 'cancelled');
  });

  it('counts an answer that was read to its end as finished', async () => {
    const server = await started(startOllama());

    await (await chat(server, { model: 'llama3.2:3b' })).text();

    assert.equal(await server.requests[0]!.ended, 'finished');
    assert.equal(server.generations[0]!.state, 'finished');
    assert.deepEqual(server.errors, []);
  });

  it('refuses after stop and answers on the same port after listen', async () => {
    const server = await started(startOpenAiCompatible());
    const { url } = server;

    await server.stop();
    await assert.rejects(fetch(`${url}/v1/models`));
    await server.listen();

    assert.equal((await fetch(`${url}/v1/models`)).status, 200);
    assert.equal(server.url, url);
  });

  it('resets a connection that is used a second time', async () => {
    const server = await started(startOpenAiCompatible({ resetReusedConnections: true }));
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });

    assert.equal(await get(`${server.url}/v1/models`, agent), 200);
    await assert.rejects(get(`${server.url}/v1/models`, agent), { code: 'ECONNRESET' });

    agent.destroy();
  });

  it('closes an idle connection, and one that has given its number of answers', async () => {
    const idle = await started(startLlamaServer({ keepAliveMs: 1 }));
    const counted = await started(startLlamaServer({ maxRequestsPerConnection: 1 }));
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });

    assert.equal(await get(`${idle.url}/health`, agent), 200);
    await idle.waitForConnections(0);
    assert.equal(await get(`${counted.url}/health`, agent), 200);
    await counted.waitForConnections(0);

    agent.destroy();
  });

  it('refuses large bodies and expectations when told to', async () => {
    const server = await started(startOpenAiCompatible({ bodyLimitBytes: 10, refuseExpect: 417 }));

    const large = await rawRequest(
      server.port,
      'POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n' + 'x'.repeat(1000),
    );
    const expecting = await rawRequest(
      server.port,
      'POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n',
    );

    assert.equal(large.status, 413);
    assert.equal(expecting.status, 417);
  });

  it('keeps fifty streams apart', async () => {
    const server = await started(startOllama({ chatId: 'chatcmpl-7', loaded: ['llama3.2:3b'] }));
    const names = Array.from({ length: 50 }, (_, index) => `question-${index}-`);

    const answers = await Promise.all(
      names.map(async (name) =>
        (await chat(server, { model: 'llama3.2:3b', messages: [{ role: 'user', content: name }] })).text(),
      ),
    );

    answers.forEach((answer, index) => {
      assert.ok(answer.includes(names[index]!));
      assert.equal(names.filter((name) => answer.includes(name)).length, 1);
    });
  });

  it('listens on IPv6 alone when told to', async function () {
    const server = await startOpenAiCompatible({ host: '::1' }).catch(() => undefined);
    if (!server) this.skip();
    stops.push(() => server.stop());

    assert.equal((await fetch(`${server.url}/v1/models`)).status, 200);
    await assert.rejects(fetch(`http://127.0.0.1:${server.port}/v1/models`));
  });
});

describe('The tokens of a simulated answer', () => {
  it('lose nothing, whatever the script', () => {
    for (const text of [emoji, 'これは日本語です。 And English.', '  spaces \n\n lines ', '']) {
      assert.equal(tokenize(text).join(''), text);
    }
  });
});

function get(url: string, agent: Agent): Promise<number> {
  return new Promise((resolve, reject) => {
    request(url, { agent }, (answer: IncomingMessage) => {
      answer.resume();
      answer.on('end', () => resolve(answer.statusCode ?? 0));
    })
      .on('error', reject)
      .end();
  });
}

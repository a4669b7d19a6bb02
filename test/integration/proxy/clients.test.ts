import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import type { RequestFacts, Slot } from '../../../src/core/request';
import { startOllama } from '../../helpers/engines/ollama';
import { startOpenAiCompatible } from '../../helpers/engines/openai-compatible';
import { inTime, onceInTime } from '../../helpers/once-in-time';
import { sendRaw, startProxy, type Harness, type HarnessOptions } from '../../helpers/proxy-harness';

const messages = [{ role: 'user' as const, content: 'Hi' }];

const open: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  for (const each of open.splice(0)) await each.stop();
});

async function before(
  simulator: { url: string; stop(): Promise<void> } | undefined,
  model: string,
  options: HarnessOptions = {},
): Promise<Harness> {
  const engines = simulator === undefined ? [] : [{ id: 'engine', baseUrl: simulator.url, models: [model] }];
  const proxy = await startProxy({ engines, ...options });
  open.push(proxy, ...(simulator === undefined ? [] : [simulator]));
  return proxy;
}

/** A client that can leave at any time. */
function leaving(proxy: Harness, body: object): { left: AbortController; answer: Promise<Response | undefined> } {
  const left = new AbortController();
  const answer = proxy.post('/v1/chat/completions', body, { signal: left.signal }).catch(() => undefined);
  return { left, answer };
}

/** Accepts connections and never answers the TLS greeting: whoever connects stays connecting. */
async function silentTlsServer() {
  let count = 0;
  const sockets = new Set<Socket>();
  const server = createServer();
  const hello = new Promise<void>((resolve) => {
    server.on('connection', (socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('data', (data) => {
        count += data.length;
        resolve();
      });
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const stop = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  };
  const engine = { url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`, stop };
  return { engine, hello, bytes: () => count };
}

const chat = (body: object): string => {
  const text = JSON.stringify(body);
  return `POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`;
};

describe('a client that leaves (scenario 40)', () => {
  it('while queued gives up its place, and the engine never hears of it', async () => {
    const engine = await startOllama();
    let signal: AbortSignal | undefined;
    const acquire = (_facts: unknown, given: AbortSignal): Promise<Slot> => {
      signal = given;
      return new Promise((_resolve, reject) => given.addEventListener('abort', () => reject(given.reason as Error)));
    };
    const proxy = await before(engine, 'llama3.2:3b', { gate: { acquire } });
    const { left } = leaving(proxy, { model: 'llama3.2:3b', messages });
    while (signal === undefined) await new Promise((resolve) => setImmediate(resolve));

    left.abort();

    assert.equal((await proxy.recordOf()).outcome, 'aborted');
    assert.equal(signal.aborted, true);
    assert.equal(engine.requests.length, 0);
  });

  it('while FLM connects is never heard of by the engine', async () => {
    const { engine, hello, bytes } = await silentTlsServer();
    const proxy = await before(engine, 'm');
    const { left } = leaving(proxy, { model: 'm', messages });
    await hello;
    const greeting = bytes();

    left.abort();

    assert.equal((await proxy.recordOf()).outcome, 'aborted');
    assert.equal(proxy.proxy.stats().inFlight, 0);
    assert.equal(bytes(), greeting);
  });

  for (const stream of [true, false]) {
    it(`before the first byte ends the engine’s work (stream: ${stream})`, async () => {
      const engine = await startOllama({ timing: { loadMs: 60_000 } });
      const proxy = await before(engine, 'llama3.2:3b');
      const { left } = leaving(proxy, { model: 'llama3.2:3b', messages, stream });
      const seen = await engine.waitForRequest();

      left.abort();

      assert.equal(await seen.ended, 'aborted');
      assert.equal((await proxy.recordOf()).outcome, 'aborted');
    });
  }

  it('in the middle of a stream ends the engine’s work', async () => {
    const engine = await startOllama({ timing: { tokenMs: 50 }, reply: { text: 'word '.repeat(1000) } });
    const proxy = await before(engine, 'llama3.2:3b');
    const { left, answer } = leaving(proxy, { model: 'llama3.2:3b', messages, stream: true });
    const reader = (await answer)?.body?.getReader();
    await reader?.read();

    left.abort();

    assert.equal(await engine.requests[0]?.ended, 'aborted');
    const record = await proxy.recordOf();
    assert.equal(record.outcome, 'aborted');
    assert.ok((record.tokensOut ?? 0) >= 1);
    await engine.waitForIdle();
  });

  it('while its body is still coming leaves nothing behind', async () => {
    const proxy = await before(undefined, 'm');
    const socket = connect(proxy.port, '127.0.0.1');
    socket.write('POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n{"model"');
    while (proxy.proxy.stats().inFlight === 0) await new Promise((resolve) => setImmediate(resolve));

    socket.destroy();

    assert.equal((await proxy.recordOf()).outcome, 'aborted');
  });

  it('after the end of the answer, keeping the connection, is no abort', async () => {
    const engine = await startOllama();
    const proxy = await before(engine, 'llama3.2:3b');

    for (let i = 0; i < 3; i++)
      await (await proxy.post('/v1/chat/completions', { model: 'llama3.2:3b', messages, stream: true })).text();
    await proxy.recordOf((record) => proxy.records.indexOf(record) === 2);

    assert.deepEqual(
      proxy.records.map(({ outcome }) => outcome),
      ['ok', 'ok', 'ok'],
    );
    assert.ok(engine.requests.every(({ abortedAt }) => abortedAt === undefined));
  });

  it('leaves no work behind at the engine, over 200 random aborts on every route', async () => {
    const engine = await startOpenAiCompatible({
      models: ['m'],
      timing: { answerMs: 5, firstTokenMs: 10, tokenMs: 2 },
    });
    const proxy = await before(engine, 'm');
    const routes = ['/v1/chat/completions', '/v1/completions', '/v1/embeddings'];

    await Promise.all(
      Array.from({ length: 200 }, async (_, i) => {
        await new Promise((resolve) => setTimeout(resolve, i * 5));
        const signal = AbortSignal.timeout(1 + ((i * 7919) % 60));
        const body = { model: 'm', messages, prompt: 'a', input: 'a', stream: i % 2 === 0 };
        await proxy
          .post(routes[i % 3] as string, body, { signal })
          .then((answer) => answer.text())
          .catch(() => undefined);
      }),
    );

    await engine.waitForIdle();
    await Promise.all(engine.requests.map(({ ended }) => ended));
    while (proxy.proxy.stats().inFlight > 0) await new Promise((resolve) => setImmediate(resolve));
    const outcomes = new Set(proxy.records.map(({ outcome }) => outcome));
    assert.ok(
      [...outcomes].every((outcome) => outcome === 'ok' || outcome === 'aborted'),
      [...outcomes].join(),
    );
    assert.equal(proxy.records.length, proxy.proxy.stats().requests);
  });

  it('gives its slot back exactly once, however it leaves', async () => {
    const engine = await startOllama({ timing: { tokenMs: 5 } });
    let taken = 0;
    let released = 0;
    const acquire = async (): Promise<Slot> => {
      taken++;
      return {
        waitedMs: 0,
        release: () => {
          released++;
        },
      };
    };
    const proxy = await before(engine, 'llama3.2:3b', { gate: { acquire } });

    for (let i = 0; i < 20; i++) {
      const { left, answer } = leaving(proxy, { model: 'llama3.2:3b', messages, stream: true });
      setTimeout(() => left.abort(), i * 3);
      await (await answer)?.text().catch(() => undefined);
    }
    while (proxy.proxy.stats().inFlight > 0) await new Promise((resolve) => setImmediate(resolve));
    await engine.waitForIdle();

    assert.equal(released, taken);
    assert.ok(proxy.records.every(({ outcome }) => outcome === 'ok' || outcome === 'aborted'));
  });
});

describe('an engine that cannot be connected to', () => {
  it('is given up after the connect time, with 504 and the name of the setting', async () => {
    const { engine } = await silentTlsServer();
    const proxy = await before(engine, 'm', { config: { 'timeouts.connectSeconds': 0.3 } });

    const answer = await proxy.post('/v1/chat/completions', { model: 'm', messages });

    assert.equal(answer.status, 504);
    const { error } = (await answer.json()) as { error: { code: string; message: string } };
    assert.equal(error.code, 'connect_timeout');
    assert.match(error.message, /0\.3 s \(setting flm\.timeouts\.connectSeconds\)/);
  });
});

describe('a slow reader (scenario 39)', () => {
  it('holds the engine back instead of filling memory, and its leaving closes the engine’s socket', async () => {
    const total = 200 * 1024 * 1024;
    const engine = await startOpenAiCompatible({
      models: ['m'],
      answers: {
        '/v1/chat/completions': (exchange) => {
          const { res } = exchange;
          const event = Buffer.from(`data: {"choices":[{"delta":{"content":"${'x'.repeat(16_000)}"}}]}\n\n`);
          res.writeHead(200, { 'content-type': 'text/event-stream' });
          let sent = 0;
          const flood = (): void => {
            while (sent < total && !res.destroyed) {
              sent += event.length;
              exchange.request.sentBytes = sent;
              if (res.write(event)) continue;
              res.once('drain', flood);
              return;
            }
            res.end();
          };
          flood();
        },
      },
    });
    const proxy = await before(engine, 'm');
    const socket = connect(proxy.port, '127.0.0.1');
    socket.pause();
    const memoryBefore = process.memoryUsage().rss;
    socket.write(chat({ model: 'm', messages, stream: true }));
    const seen = await engine.waitForRequest();

    // Read 1 kB at a time for a while: what the engine could send meanwhile stays in socket buffers
    for (let i = 0; i < 20; i++) {
      await new Promise((resolve) => setTimeout(resolve, 10));
      socket.read(1024);
    }

    assert.ok(seen.sentBytes < 40 * 1024 * 1024, `engine sent ${seen.sentBytes}`);
    assert.ok(process.memoryUsage().rss - memoryBefore < 80 * 1024 * 1024);
    socket.destroy();
    assert.equal(await seen.ended, 'aborted');
  });

  it('that takes nothing at all is cut after the idle time', async () => {
    const engine = await startOpenAiCompatible({ models: ['m'], reply: { text: ['y'.repeat(20_000_000)] } });
    const proxy = await before(engine, 'm', { config: { 'timeouts.idleSeconds': 1 } });
    const socket = connect(proxy.port, '127.0.0.1');
    socket.pause();
    socket.on('error', () => undefined);
    socket.write(chat({ model: 'm', messages, stream: true }));

    assert.equal((await proxy.recordOf()).outcome, 'aborted');
    socket.destroy();
  });
});

describe('uploads (scenario 43)', () => {
  it('of 30 MB pass through', async () => {
    const engine = await startOpenAiCompatible({ models: ['m'] });
    const proxy = await before(engine, 'm');
    const image = 'A'.repeat(30 * 1024 * 1024);

    const answer = await proxy.post('/v1/chat/completions', { model: 'm', messages, image });

    assert.equal(answer.status, 200);
    assert.equal((engine.requests[0]?.json as { image: string }).image.length, image.length);
  });

  it('above the limit are refused before they are read', async () => {
    const proxy = await before(undefined, 'm');

    const answer = await sendRaw(
      proxy.port,
      'POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 52428800\r\n\r\n{',
    );

    assert.match(answer, /^HTTP\/1\.1 413 /);
    assert.match(answer, /body_too_large/);
    const [event] = proxy.events.filter(({ type }) => type === 'body-too-large');
    assert.ok(event?.type === 'body-too-large' && event.declaredBytes === 52_428_800);
  });

  it('above the limit without a declared length are refused when they pass it', async () => {
    const proxy = await before(undefined, 'm', { config: { 'proxy.bodyLimitMiB': 0.01 } });
    const chunk = 'x'.repeat(20_000);

    const answer = await sendRaw(
      proxy.port,
      `POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n${chunk.length.toString(16)}\r\n${chunk}\r\n0\r\n\r\n`,
    );

    assert.match(answer, /^HTTP\/1\.1 413 /);
  });

  it('that take too long are refused and reported as slow', async () => {
    const proxy = await before(undefined, 'm', { config: { 'timeouts.uploadSeconds': 1 } });

    const answer = await sendRaw(
      proxy.port,
      'POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{',
      8000,
    );

    assert.match(answer, /^HTTP\/1\.1 408 /);
    assert.match(answer, /flm\.timeouts\.uploadSeconds/);
    assert.ok(proxy.events.some(({ type }) => type === 'slow-upload'));
  });

  it('wait for 100 Continue, which comes only when they are wanted', async () => {
    const engine = await startOpenAiCompatible({ models: ['m'] });
    const proxy = await before(engine, 'm');
    const body = JSON.stringify({ model: 'm', messages });
    const req = httpRequest({
      port: proxy.port,
      host: '127.0.0.1',
      method: 'POST',
      path: '/v1/chat/completions',
      headers: { expect: '100-continue', 'content-length': body.length },
    });
    req.flushHeaders();

    await once(req, 'continue');
    req.end(body);

    const [answer] = (await once(req, 'response')) as [{ statusCode: number; resume(): void }];
    assert.equal(answer.statusCode, 200);
    answer.resume();
    assert.equal(engine.requests[0]?.headers.expect, undefined);
  });

  it('that are refused get no 100 Continue', async () => {
    const proxy = await before(undefined, 'm');

    const answer = await sendRaw(
      proxy.port,
      'POST /v1/chat/completions HTTP/1.1\r\nHost: evil.example\r\nExpect: 100-continue\r\nContent-Length: 10\r\n\r\n',
    );

    assert.match(answer, /^HTTP\/1\.1 403 /);
  });

  it('refused by the engine with 413 are answered with 413', async () => {
    const engine = await startOpenAiCompatible({ models: ['m'], bodyLimitBytes: 1000 });
    const proxy = await before(engine, 'm');

    const answer = await proxy.post('/v1/chat/completions', { model: 'm', messages, pad: 'x'.repeat(5000) });

    assert.equal(answer.status, 413);
    assert.equal(((await answer.json()) as { error: { code: string } }).error.code, 'body_too_large');
  });
});

describe('odd requests on the wire', () => {
  const raw = (lines: string) => `${lines.replaceAll('\n', '\r\n')}\r\n\r\n`;

  for (const [what, bytes, status, code] of [
    ['no HTTP at all', '\u0016\u0003\u0001 hello\r\n\r\n', 400, 'invalid_request'],
    ['a target with spaces', raw('GET /a b HTTP/1.1\nHost: localhost'), 400, 'invalid_request'],
    ['an invalid method', raw('G@T / HTTP/1.1\nHost: localhost'), 400, 'invalid_request'],
    [
      'two lengths',
      raw('POST /v1/embeddings HTTP/1.1\nHost: localhost\nContent-Length: 1\nContent-Length: 2'),
      400,
      'invalid_request',
    ],
    [
      'length and chunked at once',
      raw('POST /v1/embeddings HTTP/1.1\nHost: localhost\nContent-Length: 1\nTransfer-Encoding: chunked'),
      400,
      'invalid_request',
    ],
    ['huge headers', raw(`GET / HTTP/1.1\nHost: localhost\nX: ${'x'.repeat(40_000)}`), 431, 'invalid_request'],
    ['CONNECT', raw('CONNECT evil.example:443 HTTP/1.1\nHost: evil.example'), 405, 'method_not_allowed'],
  ] as const) {
    it(`such as ${what} get ${status} and are reported`, async () => {
      const proxy = await before(undefined, 'm');

      const answer = await sendRaw(proxy.port, bytes);

      assert.match(answer, new RegExp(`^HTTP/1\\.1 ${status} `));
      assert.ok(answer.includes(`"code":"${code}"`), answer);
      assert.match(answer, /x-flm-gateway: 0\.0\.0-test/);
      assert.ok(proxy.events.some((event) => event.type === 'malformed' && event.address === '127.0.0.1'));
    });
  }

  for (const [what, head, status, code] of [
    ['no Host', 'GET /health HTTP/1.1', 403, 'host_not_allowed'],
    ['an empty Host', 'GET /health HTTP/1.1\nHost:', 403, 'host_not_allowed'],
    ['two Hosts', 'GET /health HTTP/1.1\nHost: localhost\nHost: localhost', 403, 'host_not_allowed'],
    ['HTTP/1.0 without Host', 'GET /health HTTP/1.0', 403, 'host_not_allowed'],
    ['a rebound name', 'GET /health HTTP/1.1\nHost: evil.example:11435', 403, 'host_not_allowed'],
    ['an absolute target', 'GET http://localhost/health HTTP/1.1\nHost: localhost', 404, 'route_not_found'],
    [
      'a foreign absolute target',
      'GET http://evil.example/v1/models HTTP/1.1\nHost: localhost',
      404,
      'route_not_found',
    ],
    ['bad percent-encoding', 'GET /%c0%ae HTTP/1.1\nHost: localhost', 404, 'route_not_found'],
    ['a path out of the models', 'GET /v1/models/../../etc/passwd HTTP/1.1\nHost: localhost', 404, 'model_not_found'],
    ['TRACE', 'TRACE /health HTTP/1.1\nHost: localhost', 405, 'method_not_allowed'],
    ['OPTIONS *', 'OPTIONS * HTTP/1.1\nHost: localhost', 404, 'route_not_found'],
    ['a forwarded call', 'GET /health HTTP/1.1\nHost: localhost\nX-Forwarded-For: 203.0.113.7', 401, 'key_missing'],
    ['a call by way of a public address', 'GET /health HTTP/1.1\nHost: 203.0.113.7:11435', 401, 'key_missing'],
  ] as const) {
    it(`such as ${what} get ${status} ${code}`, async () => {
      const proxy = await before(undefined, 'm');

      const answer = await sendRaw(proxy.port, raw(`${head}${head.includes('HTTP/1.1') ? '\nConnection: close' : ''}`));

      assert.match(answer, new RegExp(`^HTTP/1\\.1 ${status} `));
      if (!head.startsWith('TRACE')) assert.ok(answer.includes(`"code":"${code}"`), answer);
      assert.equal(proxy.records.length, 1);
    });
  }

  it('keep their raw target for the gate, whatever it holds', async () => {
    const seen: RequestFacts[] = [];
    const proxy = await before(undefined, 'm', {
      gate: { admit: (facts) => (seen.push(facts), { ok: true, identity: { type: 'local' } }) },
    });
    const targets = ['/v1/models/../../etc/passwd', '/%2e%252e/', '/%ff%zz?q=%00', 'http://evil.example/x', '//double'];

    for (const target of targets)
      await sendRaw(proxy.port, raw(`GET ${target} HTTP/1.1\nHost: localhost\nConnection: close`));

    assert.deepEqual(
      seen.map(({ target }) => target),
      targets,
    );
  });

  it('with an upgrade are answered as if without', async () => {
    const proxy = await before(undefined, 'm');

    const answer = await sendRaw(
      proxy.port,
      raw('GET /health HTTP/1.1\nHost: localhost\nConnection: Upgrade, close\nUpgrade: websocket'),
      1000,
    );

    assert.match(answer, /^HTTP\/1\.1 200 /);
    assert.equal(proxy.records.length, 1);
  });

  it('whose head never ends are closed', async () => {
    const proxy = await before(undefined, 'm', { config: { 'timeouts.uploadSeconds': 1 } });

    const answer = await sendRaw(proxy.port, 'GET /health HTTP/1.1\r\nHost: local', 8000);

    assert.match(answer, /^HTTP\/1\.1 408 /);
  });

  it('pipelined on one connection are answered in order', async () => {
    const proxy = await before(undefined, 'm');

    const answer = await sendRaw(
      proxy.port,
      raw('GET /health HTTP/1.1\nHost: localhost') + raw('GET /nowhere HTTP/1.1\nHost: localhost\nConnection: close'),
    );

    assert.deepEqual(
      [...answer.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status),
      ['200', '404'],
    );
  });
});

/** The promise of FLM: no stop takes longer. */
const stopMs = 2000;

describe('stopping', function () {
  this.timeout(60_000);

  it('ends open streams with an error event and frees the port within two seconds', async () => {
    await onceInTime(async () => {
      const engine = await startOllama({ timing: { tokenMs: 20 }, reply: { text: 'word '.repeat(2000) } });
      const proxy = await before(engine, 'llama3.2:3b');
      const answer = await proxy.post('/v1/chat/completions', { model: 'llama3.2:3b', messages, stream: true });
      const text = answer.text();
      while ((engine.generations[0]?.tokens ?? 0) < 3) await new Promise((resolve) => setImmediate(resolve));
      const idle = connect(proxy.port, '127.0.0.1');
      await once(idle, 'connect');

      await inTime(stopMs, () => proxy.proxy.stop());

      assert.match(await text, /"code":"gateway_stopping"\}\}\n\n$/);
      assert.equal(await engine.requests[0]?.ended, 'aborted');
      const next = createServer().listen({ port: proxy.port, host: '127.0.0.1', exclusive: true });
      await once(next, 'listening');
      next.close();
      idle.destroy();
    });
  });

  it('answers requests without a first byte with 503', async () => {
    const engine = await startOllama({ timing: { loadMs: 60_000 } });
    const proxy = await before(engine, 'llama3.2:3b');
    const answer = proxy.post('/v1/chat/completions', { model: 'llama3.2:3b', messages, stream: true });
    await engine.waitForRequest();

    await proxy.proxy.stop();

    assert.equal((await answer).status, 503);
    assert.equal(((await (await answer).json()) as { error: { code: string } }).error.code, 'gateway_stopping');
  });

  it('does not wait for clients that read nothing', async () => {
    await onceInTime(async () => {
      const engine = await startOpenAiCompatible({ models: ['m'], reply: { text: ['z'.repeat(20_000_000)] } });
      const proxy = await before(engine, 'm');
      const socket = connect(proxy.port, '127.0.0.1');
      socket.pause();
      socket.on('error', () => undefined);
      socket.write(chat({ model: 'm', messages, stream: true }));
      await engine.waitForRequest();

      await inTime(stopMs, () => proxy.proxy.stop());

      socket.destroy();
    });
  });

  it('can be followed by a new start', async () => {
    const proxy = await before(undefined, 'm');
    await proxy.proxy.stop();
    await proxy.proxy.stop();

    const { port } = await proxy.proxy.listen(0);

    assert.equal((await fetch(`http://127.0.0.1:${port}/health`)).status, 200);
  });
});

describe('listening', () => {
  it('takes the next free port when somebody else has the one asked for, and says so', async () => {
    const other = createServer().listen({ port: 0, host: '127.0.0.1' });
    await once(other, 'listening');
    const { port } = other.address() as { port: number };
    const { buildProxy } = await import('../../helpers/proxy-harness');
    const { proxy } = buildProxy();
    open.push(proxy);

    const listening = await proxy.listen(port);

    assert.ok(listening.port > port && listening.port <= port + 20);
    assert.equal(listening.isOtherPort, true);
    other.close();
  });

  it('knows whether an address leads to it', async () => {
    const { reachesUs } = await import('../../../src/proxy/listen');
    const { createServer: createHttpServer } = await import('node:http');
    const [ours, other] = [createHttpServer(), createHttpServer()];
    ours.listen(0, '127.0.0.1');
    other.listen(0, '127.0.0.1');
    await Promise.all([once(ours, 'listening'), once(other, 'listening')]);
    const portOf = (server: typeof ours) => (server.address() as { port: number }).port;

    assert.equal(await reachesUs(ours, '127.0.0.1', portOf(ours)), true);
    assert.equal(await reachesUs(ours, '127.0.0.1', portOf(other)), false);
    ours.close();
    other.close();
  });

  it('takes its own port for no one else’s when this process was held up while it looked', async () => {
    const { checkMs, reachesUs } = await import('../../../src/proxy/listen');
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');

    const looking = reachesUs(server, '127.0.0.1', (server.address() as AddressInfo).port);
    process.nextTick(() => {
      const until = performance.now() + checkMs + 100;
      while (performance.now() < until);
    });
    const isOurs = await looking;
    server.close();

    assert.equal(isOurs, true);
  });
});

describe('a changed configuration', () => {
  it('does not touch running streams', async () => {
    const engine = await startOllama({ timing: { tokenMs: 10 }, reply: { text: 'word '.repeat(40) } });
    const proxy = await before(engine, 'llama3.2:3b');
    const answer = await proxy.post('/v1/chat/completions', { model: 'llama3.2:3b', messages, stream: true });
    const { parseConfig } = await import('../../../src/core/config');

    proxy.proxy.configure(parseConfig({ 'timeouts.connectSeconds': 2, 'proxy.bodyLimitMiB': 0.001 }).config);

    assert.match(await answer.text(), /\[DONE\]/);
    const tooLarge = await proxy.post('/v1/chat/completions', {
      model: 'llama3.2:3b',
      messages,
      pad: 'x'.repeat(3000),
    });
    assert.equal(tooLarge.status, 413);
  });
});

describe('connections', () => {
  it('are reported with how many their address has open', async () => {
    const proxy = await before(undefined, 'm');
    const sockets: Socket[] = [];
    for (let i = 0; i < 3; i++) {
      const socket = connect(proxy.port, '127.0.0.1');
      await once(socket, 'connect');
      sockets.push(socket);
    }
    await (await fetch(`${proxy.url}/health`)).text();

    const counts = proxy.events.flatMap((event) => (event.type === 'connection' ? [event.open] : []));
    assert.ok(counts.includes(3) && counts.at(-1) === 4, String(counts));
    for (const socket of sockets) socket.destroy();
  });
});

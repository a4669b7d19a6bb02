import assert from 'node:assert/strict';
import { createServer, get, type Server } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { systemClock } from '../../../src/core/clock';
import { parseConfig } from '../../../src/core/config';
import { silentLogger } from '../../../src/core/logger';
import { createProxy, type ProxyServer } from '../../../src/proxy/proxy-server';
import { fixedCatalog, sendRaw } from '../../helpers/proxy-harness';
import { makeSecurity, type SecurityFixture } from '../../helpers/security-fixture';

const HONEST = '203.0.113.10';
const GUESSER = '198.51.100.1';
const SCANNER = '198.51.100.2';
const FLOODER = '198.51.100.3';

/** Answers a chat with one chunk every 20 ms, `chunks` times. */
function streamingEngine(chunks: number): Promise<Server> {
  const server = createServer((request, response) => {
    request.resume();
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    let sent = 0;
    const timer = setInterval(() => {
      response.write(
        `data: {"id":"c","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":"${sent} "}}]}\n\n`,
      );
      if (++sent < chunks) return;
      clearInterval(timer);
      response.end('data: [DONE]\n\n');
    }, 20);
    response.on('close', () => clearInterval(timer));
  });
  return new Promise((resolve) => void server.listen(0, '127.0.0.1', () => resolve(server)));
}

function request(from: string, target: string, headers: readonly string[] = []): string {
  return [
    `GET ${target} HTTP/1.1`,
    'host: 127.0.0.1',
    'connection: close',
    `x-forwarded-for: ${from}`,
    ...headers,
    '',
    '',
  ].join('\r\n');
}

describe('an attack run against a real gateway', () => {
  let engine: Server;
  let security: SecurityFixture;
  let proxy: ProxyServer;
  let port: number;

  beforeEach(async () => {
    engine = await streamingEngine(60);
    security = makeSecurity({ policy: { trustedProxies: ['127.0.0.1'] } });
    proxy = createProxy({
      config: parseConfig({}).config,
      catalog: fixedCatalog([
        { id: 'engine', baseUrl: `http://127.0.0.1:${(engine.address() as AddressInfo).port}`, models: ['m'] },
      ]),
      gate: security.gate,
      keys: { get: () => undefined },
      health: { report: () => undefined },
      clock: systemClock,
      logger: silentLogger,
      version: 'test',
      clientAddress: security.services.clientAddress,
    });
    port = (await proxy.listen(0)).port;
  });

  afterEach(async () => {
    await proxy.stop();
    security.services.dispose();
    engine.closeAllConnections();
    engine.close();
  });

  const isBlocked = (address: string) => security.services.blocklist.find(address) !== undefined;

  it('blocks guesser and scanner while an honest stream from elsewhere runs to its end', async () => {
    const stream = fetch(`http://127.0.0.1:${port}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: 'Bearer good-ann', 'x-forwarded-for': HONEST },
      body: JSON.stringify({
        model: 'engine/m',
        stream: true,
        messages: [{ role: 'user', content: "' union select 1 -- ../../etc/passwd" }],
      }),
    }).then((answer) => answer.text());

    for (let i = 0; i < 6; i++)
      await sendRaw(port, request(GUESSER, '/v1/models', [`authorization: Bearer guess-${i}`]));
    for (const path of ['/.env', '/wp-login.php', '/.git/config', '/x.php?id=1%27%20or%20%271%27=%271']) {
      await sendRaw(port, request(SCANNER, path));
    }

    assert.ok(isBlocked(GUESSER) && isBlocked(SCANNER));
    assert.match(await sendRaw(port, request(SCANNER, '/v1/models')), /^HTTP\/1\.1 403[\s\S]*address_blocked/);
    const text = await stream;
    assert.equal(text.match(/"content"/g)?.length, 60);
    assert.match(text, /\[DONE\]/);
    assert.ok(!isBlocked(HONEST));
    assert.ok(!security.detections.some(({ address }) => address === HONEST));
    assert.equal(security.events.filter(({ kind }) => kind === 'block.added').length, 2);
  });

  it('answers a decoy exactly like any unknown path', async () => {
    const answerOf = async (path: string) => {
      const raw = await sendRaw(port, request(FLOODER, path, ['authorization: Bearer good-bob']));
      return raw.replace(/^(?:x-request-id|date|.*ratelimit.*):.*\r\n/gim, '').replace(/req_\w+/g, '');
    };
    assert.equal(await answerOf('/.env'), await answerOf('/just-unknown'));
    assert.ok(security.detections.some(({ signs }) => signs.some(({ rule }) => rule === 'honeypot')));
  });

  it('counts bytes that are no HTTP at all, and targets that cannot be decoded', async () => {
    await sendRaw(port, 'NONSENSE\r\n\r\n');
    await sendRaw(port, request(SCANNER, '/%c0%ae%c0%ae/%ff%zz'));

    const rules = security.detections.flatMap(({ signs }) => signs.map(({ rule }) => rule));
    assert.ok(rules.includes('malformed'), rules.join());
    assert.ok(rules.includes('protocol.overlong'), rules.join());
    assert.equal(security.services.blocklist.list().length, 0);
  });

  it('cuts no running stream when the policy changes or the machine is overloaded', async () => {
    const stream = fetch(`http://127.0.0.1:${port}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: 'Bearer good-ann', 'x-forwarded-for': HONEST },
      body: JSON.stringify({ model: 'engine/m', stream: true, messages: [] }),
    });
    const answer = await stream;
    security.gate.setThrottle(4, 'memory');
    security.services.configure({
      ...security.gate.policy,
      rateLimits: { ...security.gate.policy.rateLimits, slots: 1 },
    });

    const refused = await fetch(`http://127.0.0.1:${port}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: 'Bearer good-bob', 'x-forwarded-for': HONEST },
      body: '{}',
    });

    assert.equal(refused.status, 503);
    assert.equal(refused.headers.get('retry-after'), '10');
    assert.match(await answer.text(), /\[DONE\]/);
  });

  it('tells of a tunnel instead of believing its headers', async () => {
    security.services.configure({ ...security.gate.policy, trustedProxies: [] });
    const raw = await sendRaw(port, request('203.0.113.99', '/v1/models'));
    assert.match(raw, /^HTTP\/1\.1 401/);
    assert.ok(security.events.some(({ kind }) => kind === 'detection.tunnel'));
    assert.ok(security.detections.every(({ address }) => address !== '203.0.113.99'));
  });

  it('takes programs on this machine without a key and never limits them', async () => {
    const statuses = await Promise.all(
      Array.from(
        { length: 200 },
        () =>
          new Promise<number>((resolve) =>
            get(`http://127.0.0.1:${port}/v1/models`, (answer) => {
              answer.resume();
              resolve(answer.statusCode ?? 0);
            }),
          ),
      ),
    );
    assert.ok(statuses.every((status) => status === 200));
  });

  it('closes its side of held connections without a trace of the honest ones', async () => {
    const held: Socket[] = Array.from({ length: 5 }, () => connect(port, '127.0.0.1'));
    held.forEach((socket) =>
      socket.on('error', () => undefined).write('GET /v1/models HTTP/1.1\r\nhost: 127.0.0.1\r\nx-a: '),
    );
    const raw = await sendRaw(port, request(HONEST, '/v1/models', ['authorization: Bearer good-ann']));
    assert.match(raw, /^HTTP\/1\.1 200/);
    for (const socket of held) socket.destroy();
  });
});

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { Agent } from 'node:https';
import { connect as tlsConnect, type ConnectionOptions, type TLSSocket } from 'node:tls';
import type { RequestFacts } from '../../../../src/core/request';
import type { TlsMaterial } from '../../../../src/core/tls';
import { closedPlan, type ExposurePlan } from '../../../../src/proxy/listeners/exposure-plan';
import { maxHalfOpenPerAddress } from '../../../../src/proxy/listeners/half-open';
import { handshakeMs } from '../../../../src/proxy/listeners/outer-listeners';
import { secureServerOptions } from '../../../../src/tls/secure-context';
import { createTestCa, type TestCa } from '../../../helpers/certificates';
import { FakeClock } from '../../../helpers/fake-clock';
import { startProxy, type Harness, type HarnessOptions } from '../../../helpers/proxy-harness';
import { admitAll, call, chatBody, HeldEngine, hasOtherAddresses, open, otherAddresses, until } from './support';

const [there] = otherAddresses;
const chatPath = '/v1/chat/completions';
const publicName = 'llm.example.org';

describe('TLS beyond loopback', function () {
  this.timeout(20_000);
  let ca: TestCa;
  let first: TlsMaterial;
  let second: TlsMaterial;
  let engine: HeldEngine;
  let proxy: Harness;

  before(async function () {
    if (!hasOtherAddresses) this.skip(); // 127.0.0.2 stands for another interface
    ca = await createTestCa([publicName]);
    const names = { dns: [publicName, 'desk.local'], addresses: [there] };
    first = await ca.issue(names);
    second = await ca.issue(names);
  });
  beforeEach(async () => {
    engine = await HeldEngine.start();
  });
  afterEach(async () => {
    await proxy.stop();
    await engine.stop();
  });

  async function start(options: HarnessOptions = {}): Promise<void> {
    proxy = await startProxy({
      engines: [{ id: 'engine', baseUrl: engine.url, models: ['m'] }],
      gate: { admit: admitAll },
      ...options,
    });
    await proxy.proxy.expose(plan());
  }

  function plan(material: TlsMaterial = first): ExposurePlan {
    const names = ['desk.local', publicName];
    return { addresses: [there], tls: secureServerOptions(material), names, strictNames: [publicName] };
  }

  const secure = (more: object = {}) => call({ host: there, port: proxy.port, ca: ca.pem, ...more });

  /** Resolves to the protocol, or rejects with why the handshake failed. */
  async function shakeHands(options: ConnectionOptions = {}): Promise<TLSSocket> {
    const socket = tlsConnect({ host: there, port: proxy.port, ca: ca.pem, ...options });
    await once(socket, 'secureConnect');
    return socket;
  }

  it('serves HTTPS there and plain HTTP on loopback', async () => {
    const seen: RequestFacts[] = [];
    const admit = (facts: RequestFacts) => {
      seen.push(facts);
      return { ok: true, identity: { type: 'local' } } as const;
    };
    await start({ gate: { admit } });

    assert.equal((await secure()).status, 200);
    assert.equal((await call({ host: '127.0.0.1', port: proxy.port })).status, 200);

    assert.deepEqual(
      seen.map(({ isTls, isDirectLocal }) => [isTls, isDirectLocal]),
      [
        [true, false],
        [false, true],
      ],
    );
  });

  it('replaces the certificate under load: no request fails, new connections get it, old ones keep theirs', async () => {
    await start();
    const old = await shakeHands();
    const before = old.getPeerCertificate().fingerprint256;
    const { text } = await open({ host: there, port: proxy.port, ca: ca.pem, path: chatPath, body: chatBody });
    await engine.running(1);
    let isOver = false;
    let answered = 0;
    const load = Array.from({ length: 8 }, async (_, worker) => {
      const agent = new Agent({ keepAlive: worker % 2 === 0, ca: ca.pem });
      while (!isOver) {
        assert.equal((await secure({ agent })).status, 200);
        answered++;
      }
      agent.destroy();
    });

    try {
      for (let round = 0; round < 6; round++) {
        const enough = answered + 20;
        await until('answers', () => answered >= enough);
        await proxy.proxy.expose(plan(round % 2 === 0 ? second : first));
      }
      await proxy.proxy.expose(plan(second));
    } finally {
      isOver = true;
    }
    await Promise.all(load);
    engine.finish();

    assert.match(await text, /\[DONE\]/);
    const fresh = await shakeHands();
    assert.notEqual(fresh.getPeerCertificate().fingerprint256, before);
    old.write('GET /health HTTP/1.1\r\nHost: 127.0.0.2\r\n\r\n');
    const [answer] = (await once(old, 'data')) as [Buffer];
    assert.match(answer.toString(), /^HTTP\/1\.1 200/);
    for (const socket of [old, fresh]) socket.destroy();
  });

  it('keeps what is in use when another key and certificate are no pair, and closes instead of serving in clear', async () => {
    await start();

    const failures = await proxy.proxy.expose(plan({ cert: first.cert, key: second.key }));

    assert.deepEqual(
      failures.map(({ address }) => address),
      [there],
    );
    assert.deepEqual(proxy.proxy.exposed, []);
    await proxy.proxy.expose(plan());
    assert.equal((await secure()).status, 200);
  });

  it('redirects plain HTTP to HTTPS on the same port, keeping method and target', async () => {
    await start();

    const answer = await call({ host: there, port: proxy.port, path: '/v1/models?x=1', body: {} });

    assert.equal(answer.status, 308);
    assert.equal(answer.headers.location, `https://${there}:${proxy.port}/v1/models?x=1`);
    assert.equal(answer.headers.connection, 'close');
    assert.equal(answer.headers['strict-transport-security'], undefined);
  });

  for (const host of ['evil.example', 'desk.local.evil.example', 'user@desk.local']) {
    it(`redirects nobody to a host that is not its own: ${JSON.stringify(host)}`, async () => {
      await start();

      const answer = await call({ host: there, port: proxy.port, headers: { host } });

      assert.deepEqual([answer.status, answer.headers.location], [403, undefined]);
    });
  }

  it('answers plain HTTP before a byte of the body is sent, and nothing of it reaches the engine', async () => {
    await start();
    const socket = connect({ host: there, port: proxy.port });

    socket.write(`POST ${chatPath} HTTP/1.1\r\nHost: ${there}\r\nContent-Length: 1000000\r\n\r\n`);
    const [answer] = (await once(socket, 'data')) as [Buffer];

    assert.match(answer.toString(), /^HTTP\/1\.1 308/);
    assert.equal(engine.requests, 0);
    assert.equal(proxy.records.length, 0);
    socket.destroy();
  });

  for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
    it(`speaks ${version}`, async () => {
      await start();

      const socket = await shakeHands({ minVersion: version, maxVersion: version });

      assert.equal(socket.getProtocol(), version);
      socket.destroy();
    });
  }

  for (const version of ['TLSv1', 'TLSv1.1'] as const) {
    it(`refuses ${version}`, async () => {
      await start();

      // The client's own floor has to be lowered for it to try at all
      const old = { minVersion: version, maxVersion: version, ciphers: 'DEFAULT@SECLEVEL=0' } as const;
      await assert.rejects(shakeHands(old), { code: /ERR_SSL|ECONNRESET|EPIPE/ });
    });
  }

  it('agrees on HTTP/1.1 and on nothing else', async () => {
    await start();

    const socket = await shakeHands({ ALPNProtocols: ['h2', 'http/1.1'] });
    assert.equal(socket.alpnProtocol, 'http/1.1');
    socket.destroy();
    await assert.rejects(shakeHands({ ALPNProtocols: ['h2'] }), { code: /ERR_SSL|ECONNRESET|EPIPE/ });
  });

  it('tells browsers to stay with HTTPS under the public name only', async () => {
    await start();
    const hsts = async (host: string) => (await secure({ headers: { host } })).headers['strict-transport-security'];

    assert.match((await hsts(publicName)) ?? '', /^max-age=\d+$/);
    assert.equal(await hsts('desk.local'), undefined);
    assert.equal(await hsts(there), undefined);
  });

  it('does not serve connections without TLS any longer once there is a certificate', async () => {
    await start();
    await proxy.proxy.expose({ ...closedPlan, addresses: [there] });
    const plain = connect({ host: there, port: proxy.port });
    plain.write(`GET /health HTTP/1.1\r\nHost: ${there}\r\n\r\n`);
    await once(plain, 'data');
    const closed = once(plain, 'close');

    await proxy.proxy.expose(plan());

    await closed;
  });

  it('lets go of who does not finish the handshake in time, however busily it drips', async () => {
    const clock = new FakeClock();
    await start({ clock });
    await until('the listener has looked whether it is reached', () => clock.pending === 0);
    const sockets = [connect({ host: there, port: proxy.port }), connect({ host: there, port: proxy.port })] as const;
    const closed = sockets.map((socket) => new Promise((resolve) => socket.on('error', resolve).on('close', resolve)));
    await until('a deadline for each', () => clock.pending === sockets.length);
    // The greeting of a TLS client of 2,000 bytes, of which only the first few ever come
    sockets[0].write(Buffer.from([0x16, 3, 1, 7, 208]));

    for (let passed = 0; passed < handshakeMs; passed += 1000) {
      sockets[0].write(Buffer.from([1]));
      clock.advance(1000);
    }

    await Promise.all(closed);
  });

  it('lets one address begin only so many handshakes at once; what is done makes room', async () => {
    await start();
    const sockets: Socket[] = [];
    for (let count = 0; count < maxHalfOpenPerAddress; count++) {
      sockets.push(connect({ host: there, port: proxy.port }).on('error', () => undefined));
    }
    await Promise.all(sockets.map((socket) => once(socket, 'connect')));

    await assert.rejects(shakeHands(), { code: /ECONNRESET|EPIPE/ });
    const freed = sockets.splice(0, 10);
    for (const socket of freed) socket.destroy();
    await until('room', () =>
      secure().then(
        ({ status }) => status === 200,
        () => false,
      ),
    );

    assert.equal((await call({ host: '127.0.0.1', port: proxy.port })).status, 200);
    for (const socket of sockets) socket.destroy();
  });
});

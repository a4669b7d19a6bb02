import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Agent } from 'node:http';
import { createServer } from 'node:net';
import type { RequestFacts } from '../../../../src/core/request';
import { closedPlan } from '../../../../src/proxy/listeners/exposure-plan';
import { startProxy, type Harness, type HarnessOptions } from '../../../helpers/proxy-harness';
import { admitAll, call, chatBody, HeldEngine, hasOtherAddresses, isRefused, open, otherAddresses } from './support';

const [there, elsewhere] = otherAddresses;
const chatPath = '/v1/chat/completions';
const plan = (...addresses: string[]) => ({ ...closedPlan, addresses });

describe('listening beyond loopback', function () {
  let engine: HeldEngine;
  let proxy: Harness;

  before(function () {
    if (!hasOtherAddresses) this.skip(); // 127.0.0.2 and 127.0.0.3 stand for other interfaces
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
  }

  const stream = (host: string, agent?: Agent) =>
    open({ host, port: proxy.port, path: chatPath, body: chatBody, ...(agent && { agent }) });

  it('answers on both loopbacks from the start, and nowhere else', async () => {
    await start();

    assert.equal((await call({ host: '127.0.0.1', port: proxy.port })).status, 200);
    assert.equal((await call({ host: '::1', port: proxy.port })).status, 200);
    assert.equal(await isRefused(there, proxy.port), true);
  });

  it('opens and closes addresses on the same port, one by one', async () => {
    await start();

    assert.deepEqual(await proxy.proxy.expose(plan(there, elsewhere)), []);
    assert.equal((await call({ host: there, port: proxy.port })).status, 200);
    assert.equal((await call({ host: elsewhere, port: proxy.port })).status, 200);

    await proxy.proxy.expose(plan(elsewhere));
    assert.deepEqual(proxy.proxy.exposed, [elsewhere]);
    assert.equal(await isRefused(there, proxy.port), true);
    assert.equal((await call({ host: elsewhere, port: proxy.port })).status, 200);
  });

  it('cuts no stream by any change: not those here, not those on an address that stays or goes', async () => {
    await start();
    await proxy.proxy.expose(plan(there));
    const streams = await Promise.all([stream('127.0.0.1'), stream(there)]);
    await engine.running(2);

    for (const next of [plan(there, elsewhere), plan(elsewhere), closedPlan, plan(there), closedPlan]) {
      await proxy.proxy.expose(next);
      engine.send('more');
    }
    engine.finish();

    for (const { text } of streams) {
      const words = (await text).split('more').length - 1;
      assert.equal(words, 5);
      assert.match(await text, /\[DONE\]/);
    }
  });

  it('takes no further request on kept-alive connections of a closed address: idle ones end at once', async () => {
    await start();
    await proxy.proxy.expose(plan(there));
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const first = await call({ host: there, port: proxy.port, agent });
    assert.equal(first.headers.connection, 'keep-alive');

    await proxy.proxy.expose(closedPlan);

    await assert.rejects(call({ host: there, port: proxy.port, agent }), { code: /ECONNREFUSED|ECONNRESET|EPIPE/ });
    agent.destroy();
  });

  it('ends a kept-alive connection of a closed address with the answer that still runs on it', async () => {
    await start();
    await proxy.proxy.expose(plan(there));
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const { message, text } = await stream(there, agent);
    const closed = once(message.socket, 'close');
    await engine.running(1);

    await proxy.proxy.expose(closedPlan);
    engine.finish();

    assert.match(await text, /\[DONE\]/);
    await closed;
    agent.destroy();
  });

  it('never takes for this machine who comes in there, whatever the peer address is', async () => {
    const seen: RequestFacts[] = [];
    const admit = (facts: RequestFacts) => {
      seen.push(facts);
      return { ok: true, identity: { type: 'local' } } as const;
    };
    await start({ gate: { admit } });
    await proxy.proxy.expose(plan(there));

    await call({ host: '127.0.0.1', port: proxy.port });
    await call({ host: '::1', port: proxy.port });
    await call({ host: there, port: proxy.port, headers: { host: 'localhost' } });

    assert.deepEqual(
      seen.map(({ isDirectLocal, isTls }) => [isDirectLocal, isTls]),
      [
        [true, false],
        [true, false],
        [false, false],
      ],
    );
  });

  it('goes by the names it is told to others by while they apply, and never as this machine', async () => {
    const seen: boolean[] = [];
    const admit = (facts: RequestFacts) => {
      seen.push(facts.isDirectLocal);
      return { ok: true, identity: { type: 'local' } } as const;
    };
    await start({ gate: { admit } });
    const ask = (host: string) => call({ host: '127.0.0.1', port: proxy.port, headers: { host } });
    await proxy.proxy.expose({ ...plan(there), names: ['desk.local'] });

    const named = await ask('desk.local');
    const rebound = await ask('evil.local');
    await proxy.proxy.expose(closedPlan);
    const later = await ask('desk.local');

    assert.deepEqual([named.status, rebound.status, later.status], [200, 403, 403]);
    assert.equal(seen[0], false);
  });

  it('says where it could not open, opens the rest, and can try again', async () => {
    await start();
    const other = createServer().listen({ host: there, port: proxy.port });
    await once(other, 'listening');

    const failures = await proxy.proxy.expose(plan(there, elsewhere));
    assert.deepEqual(
      failures.map(({ address }) => address),
      [there],
    );
    assert.match(failures[0]?.message ?? '', /in use/);
    assert.deepEqual(proxy.proxy.exposed, [elsewhere]);

    await new Promise((resolve) => other.close(resolve));
    assert.deepEqual(await proxy.proxy.expose(plan(there, elsewhere)), []);
  });

  it('closes everything when the proxy stops', async () => {
    await start();
    await proxy.proxy.expose(plan(there));
    const { port } = proxy;

    await proxy.stop();

    for (const host of ['127.0.0.1', '::1', there]) assert.equal(await isRefused(host, port), true);
  });
});

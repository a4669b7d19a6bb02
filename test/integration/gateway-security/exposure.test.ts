import assert from 'node:assert/strict';
import { request as httpsRequest } from 'node:https';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { FlmError } from '../../../src/core/errors';
import { startOpenAiCompatible, type OpenAiCompatibleSimulator } from '../../helpers/engines/openai-compatible';
import { chat, HeadlessGateway } from '../../helpers/headless-gateway';
import { builtGateway } from '../gateway/built-gateway';

/** Stands for an address in a network: Linux has it without being asked. */
const there = '127.0.0.2';
const isLinux = process.platform === 'linux';
const settings = { 'proxy.exposure': 'interfaces', 'proxy.interfaces': [there] };
const plain = { tls: { mode: 'off', plainHttp: true } };

(isLinux ? describe : describe.skip)('sharing beyond this machine', function () {
  this.timeout(60_000);
  let engine: OpenAiCompatibleSimulator;
  let gateway: HeadlessGateway;

  before(async () => {
    await builtGateway();
    engine = await startOpenAiCompatible();
  });
  after(() => engine.stop());
  beforeEach(() => {
    gateway = HeadlessGateway.prepare({ engineUrl: engine.url, settings });
  });
  afterEach(() => gateway.dispose());

  const exposedOn = (...addresses: string[]) =>
    gateway.until(`it is exposed on [${addresses.join()}]`, () => {
      const sharing = gateway.sharings.at(-1);
      return JSON.stringify(sharing?.exposure.addresses) === JSON.stringify(addresses) ? sharing : undefined;
    });
  const noticed = (code: string) =>
    gateway.until(`notice ${code}`, () => gateway.sharings.at(-1)?.exposure.notice?.code === code || undefined);
  const modeIs = (mode: string) =>
    gateway.until(`mode ${mode}`, () => (gateway.summaries.at(-1)?.mode === mode ? true : undefined));
  const base = () => `http://${there}:${gateway.port}`;
  const isReached = () => fetch(`${base()}/health`).then(Boolean, () => false);
  const exposures = async () =>
    (await gateway.audit({ kinds: ['exposure.changed'] })).map(({ details = {} }) =>
      ['from', 'to', 'by', 'because'].map((name) => details[name]),
    );

  it('is refused without a key: loopback only, and it says why', async () => {
    await gateway.run();
    await gateway.setPolicy(plain);

    await noticed('exposure.needsKey');

    await modeIs('observe');
    assert.equal(await isReached(), false);
    assert.deepEqual(gateway.line.exposed, []);
    assert.deepEqual(await exposures(), []);
  });

  it('is refused while nothing would be encrypted, until the policy says that it may be so', async () => {
    await gateway.run();
    await gateway.createKey('first');
    await noticed('exposure.needsTls');
    assert.equal(await isReached(), false);

    await gateway.setPolicy(plain);

    const { exposure } = await exposedOn(there);
    assert.equal(exposure.notice, undefined);
  });

  it('begins with the first key, cutting no stream, guarded, and ends when the last key is revoked', async () => {
    engine.script({ timing: { tokenMs: 50 }, reply: { text: Array(40).fill('word').join(' ') } });
    await gateway.run();
    await gateway.setPolicy(plain);
    const { port } = gateway;
    const running = gateway.call('/v1/chat/completions', { body: chat(undefined, { stream: true }) });
    await gateway.until('the stream runs', () => (gateway.proxies.at(-1)?.inFlight === 1 ? true : undefined));

    const first = await gateway.createKey('first');
    await exposedOn(there);
    await modeIs('enforce');
    assert.equal((await gateway.call('/v1/models', { key: first.secret, base: base() })).status, 200);

    const second = await gateway.createKey('second');
    await gateway.request('keys/revoke', { id: first.key.id });
    assert.equal(await isReached(), true);

    await gateway.request('keys/revoke', { id: second.key.id });
    await exposedOn();
    assert.equal(await isReached(), false);
    await modeIs('observe');
    assert.match((await running).text, /\[DONE\]/);
    assert.deepEqual([...new Set(gateway.proxies.map((proxy) => proxy.port))], [port]);
    assert.deepEqual(await exposures(), [
      [there, 'loopback', 'key', 'settings'],
      ['loopback', there, 'key', 'settings'],
    ]);
    const [row] = await gateway.audit({ kinds: ['exposure.changed'] });
    assert.equal(row?.severity, 'medium');
    assert.ok(gateway.events.some(({ kind }) => kind === 'exposure.changed'));
  });

  it('asks whoever comes in there for a key, and this machine for none', async () => {
    await gateway.run();
    await gateway.setPolicy(plain);
    const { secret } = await gateway.createKey('guest');
    await exposedOn(there);

    assert.equal((await gateway.call('/v1/models', { base: base() })).error.code, 'key_missing');
    assert.equal((await gateway.call('/v1/models', { base: base(), key: secret })).status, 200);
    assert.equal((await gateway.call('/v1/models')).status, 200);
  });

  it('ends when the last key expires', async () => {
    await gateway.run();
    await gateway.setPolicy(plain);
    await gateway.createKey('short', { expiresAt: Date.now() + 6_000 });
    await exposedOn(there);

    await exposedOn();

    await modeIs('observe');
  });

  it('is not begun by a decoy', async () => {
    await gateway.run();
    await gateway.setPolicy(plain);
    await gateway.createKey('bait', { kind: 'decoy' });
    await gateway.request('proxy/start', {});

    assert.deepEqual(gateway.sharings.at(-1)?.exposure.addresses, []);
  });

  it('is there again after a restart, and recorded', async () => {
    await gateway.run();
    await gateway.setPolicy(plain);
    await gateway.createKey('lasting');
    await exposedOn(there);

    await gateway.restart();

    assert.deepEqual(gateway.line.exposed, [there]);
    await modeIs('enforce');
    assert.deepEqual((await exposures()).slice(0, 2), [
      ['loopback', there, 'start', 'settings'],
      [there, 'loopback', 'proxy', 'settings'],
    ]);
  });

  it('keeps to a mode the policy names', async () => {
    await gateway.run();
    await gateway.setPolicy({ ...plain, mode: 'observe' });
    await gateway.createKey('first');
    await exposedOn(there);

    assert.equal(gateway.summaries.at(-1)?.mode, 'observe');
  });

  it('is confirmed with an end, survives a crash, and is closed with one request', async () => {
    gateway = HeadlessGateway.prepare({ engineUrl: engine.url });
    await gateway.run();
    await gateway.setPolicy(plain);
    const demand = { scope: 'interfaces', addresses: [there] } as const;
    const refused: unknown = await gateway.request('exposure/confirm', demand).catch((error: unknown) => error);
    assert.ok(FlmError.is(refused, 'exposure_refused'));
    await gateway.createKey('guest');
    const until = Date.now() + 3_600_000;

    const open = await gateway.request('exposure/confirm', { ...demand, until });
    assert.deepEqual([open.addresses, open.because, open.until], [[there], ['timer'], until]);

    await gateway.kill();
    await gateway.run();
    assert.equal((await exposedOn(there)).exposure.until, until);

    const closed = await gateway.request('exposure/close', {});
    assert.deepEqual([closed.scope, closed.addresses], ['machine', []]);
    assert.equal(await isReached(), false);
    assert.deepEqual((await exposures())[0]?.slice(0, 3), [there, 'loopback', 'person']);
  });

  it('ends by itself when its time is over', async () => {
    gateway = HeadlessGateway.prepare({ engineUrl: engine.url });
    await gateway.run();
    await gateway.setPolicy(plain);
    await gateway.createKey('guest');
    await gateway.request('exposure/confirm', {
      scope: 'interfaces',
      addresses: [there],
      until: Date.now() + 5_000,
    });
    await exposedOn(there);

    await exposedOn();

    assert.deepEqual((await exposures())[0]?.slice(0, 3), [there, 'loopback', 'timer']);
  });

  it('is encrypted with a certificate of its own, which clients can be told to trust', async () => {
    await gateway.run();
    const { secret } = await gateway.createKey('guest');
    await gateway.setPolicy({ tls: { mode: 'self-signed' } });
    const { endpoints, tls } = await exposedOn(there);
    const url = `https://${there}:${gateway.port}/v1`;
    assert.ok(endpoints.some((endpoint) => endpoint.url === url && endpoint.isTls && endpoint.from === 'network'));
    assert.equal(endpoints[0]?.url, `http://127.0.0.1:${gateway.port}/v1`);
    assert.equal(tls.phase, 'ready');

    const { pem } = await gateway.request('tls/ca', {});
    const request = httpsRequest(`${url}/models`, { ca: pem, headers: { authorization: `Bearer ${secret}` } }).end();
    const [answer] = (await once(request, 'response')) as [IncomingMessage];
    answer.resume();

    assert.equal(answer.statusCode, 200);
    const redirect = await fetch(`${base()}/v1/models`, { redirect: 'manual' });
    assert.deepEqual([redirect.status, redirect.headers.get('location')], [308, `${url}/models`]);
  });
});

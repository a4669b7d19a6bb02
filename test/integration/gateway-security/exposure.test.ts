import assert from 'node:assert/strict';
import { networkInterfaces } from 'node:os';
import { reasonText } from '../../../src/core/reason';
import { startOpenAiCompatible, type OpenAiCompatibleSimulator } from '../../helpers/engines/openai-compatible';
import { chat, HeadlessGateway } from '../../helpers/headless-gateway';
import { builtGateway } from '../gateway/built-gateway';

/** An address of this machine that a listener on 127.0.0.1 does not have; undefined where there is none. */
const otherAddress = process.platform === 'linux' ? '127.0.0.2' : interfaceAddress();

/** An IPv4 address by which others would call this machine. */
function interfaceAddress(): string | undefined {
  return Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .find(({ family, internal }) => family === 'IPv4' && !internal)?.address;
}

describe('sharing beyond this machine', function () {
  this.timeout(60_000);
  let engine: OpenAiCompatibleSimulator;
  let gateway: HeadlessGateway;

  before(async () => {
    await builtGateway();
    engine = await startOpenAiCompatible();
  });
  after(() => engine.stop());
  beforeEach(async () => {
    gateway = HeadlessGateway.prepare({ engineUrl: engine.url, settings: { 'proxy.host': '0.0.0.0' } });
  });
  afterEach(() => gateway.dispose());

  const listensOn = (host: string) =>
    gateway.until(`it listens on ${host}`, () => {
      const proxy = gateway.proxies.at(-1);
      return proxy?.phase === 'on' && proxy.host === host ? proxy : undefined;
    });
  const modeIs = (mode: string) =>
    gateway.until(`mode ${mode}`, () => (gateway.summaries.at(-1)?.mode === mode ? true : undefined));
  const isReachedAt = (address: string | undefined) =>
    fetch(`http://${address ?? ''}:${gateway.port}/health`).then(
      () => true,
      () => false,
    );
  const exposures = async () =>
    (await gateway.audit({ kinds: ['exposure.changed'] })).map(({ details }) => [details?.['from'], details?.['to']]);

  it('is refused without a key: loopback only, and it says why', async () => {
    await gateway.run();

    const proxy = await listensOn('127.0.0.1');

    assert.match(proxy.notice === undefined ? '' : reasonText(proxy.notice), /needs at least one API key/);
    await modeIs('observe');
    if (otherAddress !== undefined) assert.equal(await isReachedAt(otherAddress), false);
    assert.deepEqual(await exposures(), []);
  });

  it('begins with the first key, on the same port, guarded, and ends when the last key is revoked', async () => {
    await gateway.run();
    const { port } = gateway;

    const first = await gateway.createKey('first');
    const open = await listensOn('0.0.0.0');
    assert.deepEqual([open.port, open.notice], [port, undefined]);
    await modeIs('enforce');
    if (otherAddress !== undefined) assert.equal(await isReachedAt(otherAddress), true);
    assert.equal((await gateway.call('/v1/chat/completions', { key: first.secret, body: chat() })).status, 200);

    const second = await gateway.createKey('second');
    await gateway.request('keys/revoke', { id: first.key.id });
    await gateway.request('proxy/start', {}); // queued behind the decision where to listen
    assert.equal(gateway.proxies.at(-1)?.host, '0.0.0.0');

    await gateway.request('keys/revoke', { id: second.key.id });
    const closed = await listensOn('127.0.0.1');
    assert.equal(closed.port, port);
    await modeIs('observe');
    if (otherAddress !== undefined) assert.equal(await isReachedAt(otherAddress), false);
    assert.deepEqual(await exposures(), [
      ['0.0.0.0', 'loopback'],
      ['loopback', '0.0.0.0'],
    ]);
    const [row] = await gateway.audit({ kinds: ['exposure.changed'] });
    assert.equal(row?.severity, 'medium');
    assert.ok(gateway.events.some(({ kind }) => kind === 'exposure.changed'));
  });

  it('asks whoever calls from elsewhere for a key, and this machine for none', async function () {
    const address = interfaceAddress();
    if (address === undefined) this.skip();
    await gateway.run();
    const { secret } = await gateway.createKey('guest');
    await listensOn('0.0.0.0');
    const base = `http://${address}:${gateway.port}`;

    assert.equal((await gateway.call('/v1/models', { base })).error.code, 'key_missing');
    assert.equal((await gateway.call('/v1/models', { base, key: secret })).status, 200);
    assert.equal((await gateway.call('/v1/models')).status, 200);
  });

  it('ends when the last key expires', async () => {
    await gateway.run();
    await gateway.createKey('short', { expiresAt: Date.now() + 3_000 });
    await listensOn('0.0.0.0');

    await listensOn('127.0.0.1');

    await modeIs('observe');
  });

  it('is not begun by a decoy', async () => {
    await gateway.run();
    await gateway.createKey('bait', { kind: 'decoy' });
    await gateway.request('proxy/start', {});

    assert.equal(gateway.proxies.at(-1)?.host, '127.0.0.1');
  });

  it('is there again after a restart, and recorded', async () => {
    await gateway.run();
    await gateway.createKey('lasting');
    await listensOn('0.0.0.0');

    await gateway.restart();

    assert.equal(gateway.line.host, '0.0.0.0');
    await modeIs('enforce');
    assert.deepEqual((await exposures())[0], ['loopback', '0.0.0.0']);
  });

  it('keeps to a mode the policy names', async () => {
    await gateway.run();
    await gateway.setPolicy({ mode: 'observe' });
    await gateway.createKey('first');
    await listensOn('0.0.0.0');

    assert.equal(gateway.summaries.at(-1)?.mode, 'observe');
  });
});

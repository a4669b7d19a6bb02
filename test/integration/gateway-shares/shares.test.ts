import assert from 'node:assert/strict';
import { FlmError } from '../../../src/core/errors';
import type { CreateShareParams } from '../../../src/protocol/sharing-rpc';
import { startOpenAiCompatible, type OpenAiCompatibleSimulator } from '../../helpers/engines/openai-compatible';
import { chat, HeadlessGateway } from '../../helpers/headless-gateway';
import { untilDayHasRoom } from '../../helpers/utc-day';
import { builtGateway } from '../gateway/built-gateway';

const chatPath = '/v1/chat/completions';
/** Documentation addresses (RFC 5737), told by a proxy that is trusted: nobody has them. */
const colleague = '203.0.113.7';
const stranger = '198.51.100.1';
/** An address of this machine that a listener on 127.0.0.1 does not have; undefined where there is none. */
const otherAddress = process.platform === 'linux' ? '127.0.0.2' : undefined;

describe('shares', function () {
  this.timeout(90_000);
  let engine: OpenAiCompatibleSimulator;
  let gateway: HeadlessGateway;

  before(async () => {
    await builtGateway();
    engine = await startOpenAiCompatible({ models: ['small', 'large'] });
  });
  after(() => engine.stop());
  beforeEach(async () => {
    engine.script({ reply: { text: 'Hello' }, timing: {} });
    gateway = await HeadlessGateway.start({ engineUrl: engine.url });
    // Without an address of the loopback to open, nothing is opened at all: tests leave the network alone.
    const tls = { plainHttp: otherAddress !== undefined };
    await gateway.setPolicy({ trustedProxies: ['127.0.0.1'], tls });
  });
  afterEach(() => gateway.dispose());

  const share = (over: Partial<CreateShareParams> = {}) =>
    gateway.request('shares/create', {
      label: 'colleague',
      audience: { type: 'addresses', ranges: [colleague] },
      limits: {},
      ...(otherAddress === undefined ? {} : { addresses: [otherAddress] }),
      ...over,
    });
  const ask = (key: string, from: string, model = 'sim/small', base = gateway.url) =>
    gateway.call(chatPath, { key, from, body: chat(model), base });
  const chats = () => engine.requests.filter(({ path }) => path === chatPath).length;
  const openOn = (addresses: readonly string[]) =>
    gateway.until(`reachable on ${addresses.join()}`, () => {
      const now = gateway.sharings.at(-1)?.exposure.addresses ?? [];
      return JSON.stringify(now) === JSON.stringify(addresses) ? true : undefined;
    });

  it('let in whom they are for, for what they are for, until their limit, and nobody after their end', async () => {
    await untilDayHasRoom();
    const { key, share: made } = await share({ limits: { models: ['sim/small'], requestsPerDay: 2 } });

    const fromStranger = await ask(key.secret, stranger);
    assert.deepEqual([fromStranger.status, fromStranger.error.code], [403, 'key_out_of_scope']);
    assert.equal(chats(), 0);

    const first = await ask(key.secret, colleague);
    assert.equal(first.status, 200);
    assert.match(first.headers.get('ratelimit') ?? '', /"key-day";r=2;/);
    assert.equal((await ask(key.secret, colleague, 'sim/large')).error.code, 'key_out_of_scope');
    assert.equal((await ask(key.secret, colleague)).status, 200);
    const third = await ask(key.secret, colleague);
    assert.deepEqual([third.status, third.error.code], [429, 'rate_limited']);
    assert.ok(Number(third.headers.get('retry-after')) > 0);

    await gateway.request('shares/end', { id: made.id });

    assert.deepEqual([(await ask(key.secret, colleague)).status, chats()], [401, 2]);
    const kinds = (await gateway.audit()).map(({ kind }) => kind);
    assert.ok(kinds.includes('share.created') && kinds.includes('share.ended'));
  });

  it('tell what they were used for, also after a restart, and keep the day’s count', async () => {
    await untilDayHasRoom();
    const { key, share: made } = await share({ limits: { requestsPerDay: 2 } });
    await ask(key.secret, colleague);
    await ask(key.secret, stranger);
    const used = await gateway.until('its use is told', () =>
      gateway.sharings.at(-1)?.shares.find(({ requests, refused }) => requests === 1 && refused === 1),
    );
    assert.ok(used.tokens > 0 && used.requestsToday === 1);

    await gateway.restart();

    const [after] = await gateway.request('shares/list', { ended: false });
    assert.deepEqual(
      [after?.id, after?.requests, after?.refused, after?.tokens, after?.requestsToday],
      [made.id, 1, 1, used.tokens, 1],
    );
    assert.equal((await ask(key.secret, colleague)).status, 200);
    assert.equal((await ask(key.secret, colleague)).status, 429);
  });

  it('end by themselves, and leave their record', async () => {
    const { key, share: made } = await share({ expiresAt: Date.now() + 6_000 });
    assert.equal((await ask(key.secret, colleague)).status, 200);

    const ended = await gateway.until('it has ended', async () =>
      (await gateway.request('shares/list', { ended: true })).find(({ endedBy }) => endedBy === 'expiry'),
    );

    assert.deepEqual([ended.id, ended.endedAt], [made.id, made.expiresAt]);
    assert.equal((await ask(key.secret, colleague)).status, 401);
    assert.deepEqual(await gateway.request('shares/list', { ended: false }), []);
  });

  it('end with their key', async () => {
    const { share: made } = await share();

    await gateway.request('keys/revoke', { id: made.keyId });

    await gateway.until('it has ended', async () =>
      (await gateway.request('shares/list', { ended: true })).find(({ endedBy }) => endedBy === 'key-revoked'),
    );
  });

  it('take a new secret and new limits', async () => {
    const { key, share: made } = await share();

    const rotated = await gateway.request('shares/rotate', { id: made.id, graceMinutes: 0 });
    await gateway.request('shares/change', {
      id: made.id,
      audience: { type: 'addresses', ranges: [stranger] },
      limits: { models: ['sim/large'] },
    });

    assert.equal((await ask(key.secret, stranger)).status, 401);
    assert.equal((await ask(rotated.key.secret, colleague)).status, 403);
    assert.equal((await ask(rotated.key.secret, stranger, 'sim/large')).status, 200);
    await assert.rejects(gateway.request('keys/change', { id: made.keyId, scope: {} }), (error) =>
      FlmError.is(error, 'config_invalid'),
    );
  });

  it('open the address they need, say where it is, and close it with the last of them', async function () {
    if (otherAddress === undefined) this.skip();
    const base = `http://${otherAddress}:${gateway.port}`;

    const one = await share();
    const two = await share({ label: 'second' });

    await openOn([otherAddress]);
    assert.deepEqual(two.endpoints, [{ from: 'network', url: `${base}/v1`, isTls: false }]);
    assert.equal((await ask(one.key.secret, colleague, 'sim/small', base)).status, 200);
    assert.deepEqual(gateway.sharings.at(-1)?.exposure.because, ['share']);

    await gateway.request('shares/end', { id: one.share.id });
    await openOn([otherAddress]);
    await gateway.request('shares/end', { id: two.share.id });

    await openOn([]);
    await assert.rejects(fetch(`${base}/health`));
  });

  it('end all at once when everything is closed', async function () {
    if (otherAddress === undefined) this.skip();
    await share();
    await openOn([otherAddress]);

    const exposure = await gateway.request('exposure/close', {});

    assert.deepEqual([exposure.scope, exposure.addresses], ['machine', []]);
    assert.deepEqual(await gateway.request('shares/list', { ended: false }), []);
  });

  it('survive a kill, open as they were; one that was cut short leaves nothing', async function () {
    const { key, share: made } = await share();
    // As a kill between the key and its share leaves it: a key that names a share nobody knows.
    const rounds = 4;
    for (let round = 0; round < rounds; round++) {
      const asked = Promise.allSettled([share({ label: `cut ${round}` }), share({ label: `cut too ${round}` })]);
      await new Promise((resolve) => setTimeout(resolve, round * 2));
      await gateway.kill();
      await asked;
      await gateway.run();

      const shares = await gateway.request('shares/list', { ended: false });
      const living = (await gateway.request('keys/list', {})).filter(({ revokedAt }) => revokedAt === undefined);
      assert.deepEqual(
        living.map(({ id }) => id).sort(),
        shares.map(({ keyId }) => keyId).sort(),
        'every key has its share, every share its key',
      );
      assert.ok(shares.some(({ id }) => id === made.id));
    }
    assert.equal((await ask(key.secret, colleague)).status, 200);
    if (otherAddress !== undefined) await openOn([otherAddress]);
  });

  const wrong: readonly (readonly [string, unknown])[] = [
    ['no audience', { label: 'x', limits: {} }],
    ['an audience nobody knows', { label: 'x', audience: { type: 'everybody' }, limits: {} }],
    ['limits that are no object', { label: 'x', audience: { type: 'lan' }, limits: [] }],
    ['a limit of nothing', { label: 'x', audience: { type: 'lan' }, limits: { requestsPerDay: 0 } }],
  ];
  for (const [what, params] of wrong) {
    it(`are refused with ${what}, and make no key`, async () => {
      await assert.rejects(gateway.requestAnything('shares/create', params), (error) =>
        FlmError.is(error, 'invalid_request'),
      );
      assert.deepEqual(await gateway.request('keys/list', {}), []);
    });
  }
});

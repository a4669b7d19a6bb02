import assert from 'node:assert/strict';
import OpenAI from 'openai';
import type { KeyScope } from '../../../src/core/api-key';
import { startOpenAiCompatible, type OpenAiCompatibleSimulator } from '../../helpers/engines/openai-compatible';
import { chat, HeadlessGateway, type CallAnswer } from '../../helpers/headless-gateway';
import { untilDayHasRoom } from '../../helpers/utc-day';
import { builtGateway } from '../gateway/built-gateway';

const chatPath = '/v1/chat/completions';
const messages = [{ role: 'user' as const, content: 'Hi' }];

describe('API keys at the proxy', function () {
  this.timeout(90_000);
  let engine: OpenAiCompatibleSimulator;
  let gateway: HeadlessGateway;

  before(async () => {
    await builtGateway();
    engine = await startOpenAiCompatible({ models: ['small', 'large'] });
    gateway = await HeadlessGateway.start({ engineUrl: engine.url });
  });
  after(async () => {
    await gateway.dispose();
    await engine.stop();
  });
  beforeEach(() => engine.script({ reply: { text: 'Hello there' }, timing: {} }));

  const client = (apiKey: string) => new OpenAI({ apiKey, baseURL: `${gateway.url}/v1`, maxRetries: 0 });
  const secretOf = async (scope: KeyScope = {}) => (await gateway.createKey('test', { scope })).secret;
  const idOf = (secret: string) => secret.slice(4, 16);
  const small = (more: object = {}) => chat('sim/small', more);

  /** What the official client throws. */
  async function thrown(call: Promise<unknown>): Promise<InstanceType<typeof OpenAI.APIError>> {
    const error: unknown = await call.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    assert.ok(error instanceof OpenAI.APIError, String(error));
    return error;
  }

  describe('that are valid', () => {
    it('let the official client list, chat and stream', async () => {
      const openai = client(await secretOf());

      const models = await openai.models.list();
      const answer = await openai.chat.completions.create({ model: 'sim/small', messages });
      let streamed = '';
      for await (const chunk of await openai.chat.completions.create({ model: 'small', messages, stream: true })) {
        streamed += chunk.choices[0]?.delta.content ?? '';
      }

      assert.deepEqual(
        models.data.map(({ id }) => id),
        ['sim/small', 'sim/large'],
      );
      assert.equal(answer.choices[0]?.message.content, 'Hello there');
      assert.equal(streamed, 'Hello there');
    });

    for (const header of ['x-api-key', 'api-key', 'authorization'] as const) {
      it(`are taken from ${header}, and never passed on to the engine`, async () => {
        const secret = await secretOf();
        const value = header === 'authorization' ? `bearer ${secret}` : secret;

        const answer = await gateway.call(chatPath, { headers: { [header]: value }, body: small() });

        assert.equal(answer.status, 200);
        const seen = engine.requests.at(-1);
        assert.ok(!JSON.stringify(seen?.headers).includes(secret));
        const requestId = answer.headers.get('x-request-id') ?? '';
        const row = await gateway.until(
          'the access record',
          async () => (await gateway.request('access/query', { requestId })).rows[0],
        );
        assert.deepEqual(row.identity, { type: 'key', keyId: idOf(secret), label: 'test' });
      });
    }

    it('are seen in use', async () => {
      const secret = await secretOf();
      await gateway.call('/v1/models', { key: secret });

      const key = (await gateway.request('keys/list', {})).find(({ id }) => id === idOf(secret));
      assert.ok(key?.lastUsedAt !== undefined);
      assert.ok((await gateway.audit({ keyId: idOf(secret) })).some(({ kind }) => kind === 'auth.success'));
    });

    it('are not needed on this machine, where placeholders say so', async () => {
      assert.equal((await client('not-needed').models.list()).data.length, 2);
      assert.equal((await gateway.call('/v1/models')).status, 200);
    });
  });

  describe('that do not open the door', () => {
    interface Refused {
      readonly secret: string;
      readonly keyId: string | undefined;
      readonly call?: (secret: string) => Promise<unknown>;
    }
    const cases: readonly (readonly [string, number, string, () => Promise<Refused>])[] = [
      [
        'a wrong secret',
        401,
        'key_invalid',
        async () => {
          const secret = await secretOf();
          const flipped = secret.endsWith('A') ? 'E' : 'A';
          return { secret: secret.slice(0, -1) + flipped, keyId: idOf(secret) };
        },
      ],
      ['an unknown key', 401, 'key_invalid', () => Promise.resolve({ secret: 'sk-somebody-elses', keyId: undefined })],
      [
        'an expired key',
        401,
        'key_expired',
        async () => {
          const { secret, key } = await gateway.createKey('soon over', { expiresAt: Date.now() + 300 });
          await gateway.until('the key expires', () => (Date.now() > (key.expiresAt ?? 0) ? true : undefined));
          return { secret, keyId: key.id };
        },
      ],
      [
        'a revoked key',
        401,
        'key_revoked',
        async () => {
          const secret = await secretOf();
          await gateway.request('keys/revoke', { id: idOf(secret) });
          return { secret, keyId: idOf(secret) };
        },
      ],
      [
        'a secret replaced without grace',
        401,
        'key_expired',
        async () => {
          const secret = await secretOf();
          await gateway.request('keys/rotate', { id: idOf(secret), graceMinutes: 0 });
          return { secret, keyId: idOf(secret) };
        },
      ],
      [
        'a key for another address',
        403,
        'key_out_of_scope',
        async () => {
          const secret = await secretOf({ addresses: ['10.0.0.0/8', '2001:db8::/32'] });
          return { secret, keyId: idOf(secret) };
        },
      ],
      [
        'a key for another route',
        403,
        'key_out_of_scope',
        async () => {
          const secret = await secretOf({ routes: ['/v1/embeddings'] });
          return { secret, keyId: idOf(secret) };
        },
      ],
      [
        'a key for another model',
        403,
        'key_out_of_scope',
        async () => {
          const secret = await secretOf({ models: ['sim/small'] });
          const call = (key: string) => client(key).chat.completions.create({ model: 'large', messages });
          return { secret, keyId: idOf(secret), call };
        },
      ],
    ];

    const told = new Map<string, string>();
    for (const [what, status, code, make] of cases) {
      it(`${what}: ${status} ${code}, a row, nothing reaches the engine`, async () => {
        const { secret, keyId, call = (key: string) => client(key).models.list() } = await make();
        const before = engine.requests.length;

        const error = await thrown(call(secret));

        assert.deepEqual([error.status, error.code], [status, code]);
        assert.equal(error.type, status === 401 ? 'authentication_error' : 'permission_error');
        assert.ok(error instanceof (status === 401 ? OpenAI.AuthenticationError : OpenAI.PermissionDeniedError));
        assert.equal(error.headers.get('www-authenticate'), status === 401 ? 'Bearer' : null);
        assert.equal(error.headers.get('x-should-retry'), status === 401 ? 'false' : null);
        assert.ok(!error.message.includes(secret));
        const requestId = error.headers.get('x-request-id') ?? '';
        const [row] = await gateway.audit({ requestId });
        assert.deepEqual([row?.kind, row?.errorCode, row?.keyId], ['auth.failure', code, keyId]);
        assert.equal(engine.requests.slice(before).filter(({ method }) => method === 'POST').length, 0);
        told.set(what, error.message);
      });
    }

    it('each say what is wrong in their own words', () => {
      told.delete('an unknown key'); // as a wrong secret: whether an id exists is nobody's business
      assert.equal(new Set(told.values()).size, cases.length - 1);
    });

    it('are wrong on this machine, too, though none is needed', async () => {
      assert.equal((await gateway.call('/v1/models', { key: 'flm-wrong' })).status, 401);
    });

    it('cannot be hidden behind a good one in another header', async () => {
      const answer = await gateway.call('/v1/models', {
        key: await secretOf(),
        headers: { 'x-api-key': 'sk-other' },
      });
      assert.equal(answer.error.code, 'key_invalid');
    });
  });

  it('a rotated key works with both secrets while grace lasts', async () => {
    const old = await secretOf();
    const { secret } = await gateway.request('keys/rotate', { id: idOf(old), graceMinutes: 5 });

    for (const key of [old, secret]) assert.equal((await client(key).models.list()).data.length, 2);
  });

  describe('with a scope of models', () => {
    it('see only those, in the list and one by one', async () => {
      const openai = client(await secretOf({ models: ['*/small'] }));

      assert.deepEqual(
        (await openai.models.list()).data.map(({ id }) => id),
        ['sim/small'],
      );
      assert.equal((await openai.models.retrieve('sim/small')).id, 'sim/small');
      assert.equal((await thrown(openai.models.retrieve('sim/large'))).status, 404);
    });

    it('are not told the names of others when they mistype one', async () => {
      const error = await thrown(
        client(await secretOf({ models: ['*/small'] })).chat.completions.create({ model: 'larg', messages }),
      );
      assert.deepEqual([error.status, error.code], [404, 'model_not_found']);
      assert.ok(!error.message.includes('large'), error.message);
    });
  });

  describe('with limits of their own hold them, while nothing else is enforced:', () => {
    const throttled = (secret: string) => gateway.audit({ keyId: idOf(secret), kinds: ['throttle.rate'] });
    const number = (answer: CallAnswer, name: string) => Number(answer.headers.get(name));

    before(() => assert.equal(gateway.summaries.at(-1)?.mode, 'observe'));

    it('requests a minute', async () => {
      const secret = await secretOf({ requestsPerMinute: 2 });

      const first = await gateway.call('/v1/models', { key: secret });
      await gateway.call('/v1/models', { key: secret });
      const error = await thrown(client(secret).models.list());

      assert.equal(first.headers.get('x-ratelimit-limit-requests'), '2');
      assert.equal(first.headers.get('x-ratelimit-remaining-requests'), '1');
      assert.match(first.headers.get('ratelimit-policy') ?? '', /^"key";q=2;w=60$/);
      assert.match(first.headers.get('ratelimit') ?? '', /^"key";r=1;t=\d+$/);
      assert.ok(error instanceof OpenAI.RateLimitError);
      assert.deepEqual([error.code, error.type], ['rate_limited', 'rate_limit_error']);
      assert.equal(error.headers.get('x-ratelimit-remaining-requests'), '0');
      assert.ok(Number(error.headers.get('retry-after')) >= 1);
      const [row] = await throttled(secret);
      assert.deepEqual([row?.rule, row?.errorCode, row?.observedOnly], ['rate-limit.key', 'rate_limited', undefined]);
    });

    it('tokens a day, after a restart too', async () => {
      await untilDayHasRoom();
      engine.script({ reply: { text: 'much', promptTokens: 60, completionTokens: 50 } });
      const secret = await secretOf({ tokensPerDay: 100 });

      const first = await gateway.call(chatPath, { key: secret, body: small() });
      await gateway.until('the tokens are counted', async () =>
        number(await gateway.call('/v1/models', { key: secret }), 'x-ratelimit-remaining-tokens') === 0
          ? true
          : undefined,
      );
      const error = await thrown(client(secret).chat.completions.create({ model: 'sim/small', messages }));
      await gateway.restart();
      const later = await gateway.call(chatPath, { key: secret, body: small() });

      assert.equal(first.status, 200);
      assert.deepEqual(
        [number(first, 'x-ratelimit-limit-tokens'), number(first, 'x-ratelimit-remaining-tokens')],
        [100, 100],
      );
      assert.deepEqual([error.status, error.code], [429, 'tokens_exhausted']);
      assert.ok(Number(error.headers?.get('retry-after')) >= 1);
      assert.equal(error.headers?.get('x-ratelimit-remaining-tokens'), '0');
      assert.equal(later.error.code, 'tokens_exhausted');
      assert.equal((await throttled(secret))[0]?.errorCode, 'tokens_exhausted');
    });

    it('requests at once: one more waits its turn', async () => {
      engine.script({ reply: { text: 'slow answer' }, timing: { firstTokenMs: 300 } });
      const secret = await secretOf({ concurrency: 1 });
      const openai = client(secret);

      const answers = await Promise.all(
        [1, 2].map(() => openai.chat.completions.create({ model: 'sim/small', messages })),
      );

      assert.equal(answers.length, 2);
      await gateway.until('the record of the one that waited', async () => {
        const { rows } = await gateway.request('access/query', { keyId: idOf(secret) });
        return rows.find(({ queueMs }) => (queueMs ?? 0) > 0);
      });
    });

    it('requests at once: who waited too long is told to come back', async () => {
      await gateway.setPolicy({ rateLimits: { queueSeconds: 0.2 } });
      const before = engine.requestsTo(chatPath).length;
      engine.script({ reply: { text: 'slow answer' }, timing: { firstTokenMs: 2_000 } });
      const secret = await secretOf({ concurrency: 1 });
      const running = gateway.call(chatPath, { key: secret, body: small() });
      await gateway.until('the first runs', () => (engine.requestsTo(chatPath).length > before ? true : undefined));

      const error = await thrown(client(secret).chat.completions.create({ model: 'sim/small', messages }));

      assert.deepEqual([error.status, error.code], [429, 'too_many_concurrent']);
      assert.ok(Number(error.headers?.get('retry-after')) >= 1);
      assert.equal((await running).status, 200);
      assert.equal((await throttled(secret))[0]?.errorCode, 'too_many_concurrent');
      await gateway.setPolicy({});
    });

    it('unless the rate limits are switched off', async () => {
      await gateway.setPolicy({ services: { rateLimits: 'off' } });
      const secret = await secretOf({ requestsPerMinute: 1 });

      for (let call = 0; call < 3; call++)
        assert.equal((await gateway.call('/v1/models', { key: secret })).status, 200);
      await gateway.setPolicy({});
    });

    it('the default for all keys is only observed', async () => {
      await gateway.setPolicy({ rateLimits: { keyPerMinute: 1 } });
      const secret = await secretOf();

      for (let call = 0; call < 3; call++)
        assert.equal((await gateway.call('/v1/models', { key: secret })).status, 200);
      assert.equal((await throttled(secret))[0]?.observedOnly, true);
      await gateway.setPolicy({});
    });
  });

  it('a decoy answers like any wrong key and raises an alarm', async () => {
    const { secret, key } = await gateway.createKey('bait', { kind: 'decoy' });
    const wrong = await gateway.call('/v1/models', { key: `${secret.slice(0, 4)}zzzzzzzzzzzz${secret.slice(16)}` });

    const answer = await gateway.call('/v1/models', { key: secret });

    assert.deepEqual([answer.status, answer.error], [wrong.status, wrong.error]);
    const event = await gateway.until('the alarm', () =>
      gateway.events.find(({ kind, keyId }) => kind === 'auth.decoy' && keyId === key.id),
    );
    assert.deepEqual([event.severity, event.address], ['critical', '127.0.0.1']);
    assert.equal((await gateway.audit({ kinds: ['auth.decoy'] }))[0]?.keyId, key.id);
  });
});

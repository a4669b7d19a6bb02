import assert from 'node:assert/strict';
import type { KeyScope } from '../../../../src/core/api-key';
import type { Authenticator, TokenMeter } from '../../../../src/core/authenticator';
import type { Admission, Refusal, RequestFacts, Slot } from '../../../../src/core/request';
import { DayCounter } from '../../../../src/security/api-keys/day-counter';
import { FakeClock } from '../../../helpers/fake-clock';
import { makeFacts, makeSecurity, type SecurityFixture } from '../../../helpers/security-fixture';

/** Every request carries the one key, with this scope. */
const keyWith = (scope: KeyScope): Authenticator => ({
  verify: () => ({ ok: true, identity: { type: 'key', keyId: 'key000000001', label: 'shared' }, scope }),
});

describe('limits a person gave to a key', () => {
  let clock: FakeClock;
  let fixture: SecurityFixture;
  const usedTokens: TokenMeter = { usedToday: () => 100, add: () => undefined };

  beforeEach(() => (clock = new FakeClock(Date.UTC(2026, 0, 1, 23))));
  afterEach(() => fixture.services.dispose());

  function observing(scope: KeyScope, policy: Readonly<Record<string, unknown>> = {}): void {
    fixture = makeSecurity({
      clock,
      policy: { mode: 'observe', ...policy },
      authenticator: keyWith(scope),
      tokens: usedTokens,
    });
  }
  const admit = (facts = makeFacts()): Admission => fixture.gate.admit(facts);
  const refusalOf = (admission: Admission): Refusal | undefined => (admission.ok ? undefined : admission.refusal);

  function acquire(model = 'engine/m', signal = new AbortController().signal): Promise<Slot | Refusal> {
    const request: RequestFacts = makeFacts({ method: 'POST', target: '/v1/chat/completions' });
    const admission = fixture.gate.admit(request);
    assert.ok(admission.ok);
    const [engineId = '', modelId = ''] = model.split('/');
    const routing = { request, identity: admission.identity, engineId, modelId, isStream: false, bodyBytes: 2 };
    return fixture.gate.acquire(routing, signal);
  }

  it('requests a minute hold in observe mode', () => {
    observing({ requestsPerMinute: 2 });
    assert.ok(admit().ok && admit().ok);

    const refusal = refusalOf(admit());

    assert.equal(refusal?.code, 'rate_limited');
    assert.ok(Number(refusal.retryAfterSec) > 0);
    const row = fixture.events.find(({ kind }) => kind === 'throttle.rate');
    assert.equal(row?.keyId, 'key000000001');
    assert.equal(row.observedOnly, undefined);
  });

  it('requests a minute may lie above what keys have by default', () => {
    observing({ requestsPerMinute: 700 }, { mode: 'enforce' });

    for (let request = 0; request < 700; request++) {
      assert.ok(admit().ok);
      clock.advance(20);
    }
    assert.equal(refusalOf(admit())?.rule, 'rate-limit.key');
  });

  it('the default for keys only observes there', () => {
    observing({}, { rateLimits: { keyPerMinute: 1 } });

    assert.ok(admit().ok && admit().ok);
    assert.equal(fixture.events.find(({ kind }) => kind === 'throttle.rate')?.observedOnly, true);
  });

  describe('requests a day', () => {
    let requests: DayCounter;

    function sharing(scope: KeyScope, policy: Readonly<Record<string, unknown>> = {}): void {
      requests = new DayCounter(clock);
      fixture = makeSecurity({
        clock,
        policy: { mode: 'observe', ...policy },
        authenticator: keyWith(scope),
        requests,
      });
    }

    it('hold in observe mode, until midnight UTC', async () => {
      sharing({ requestsPerDay: 1 });
      const first = await acquire();
      assert.ok('release' in first);
      first.release();

      const second = await acquire();

      assert.ok(!('release' in second));
      assert.deepEqual(
        [second.rule, second.code, second.retryAfterSec],
        ['rate-limit.requests-day', 'rate_limited', 3600],
      );
      assert.match(second.message, /its 1 requests of today.*00:00 UTC.*raise the limit/);
      clock.advance(3_600_000);
      assert.ok('release' in (await acquire()));
    });

    it('count what waits for a slot, and give back what got none', async () => {
      sharing({ requestsPerDay: 2, concurrency: 1 }, { rateLimits: { slots: 1 } });
      const running = await acquire();
      assert.ok('release' in running);
      const leaving = new AbortController();
      const waiting = acquire('engine/m', leaving.signal);

      const third = await acquire();
      assert.ok(!('release' in third));
      assert.equal(third.rule, 'rate-limit.requests-day');
      leaving.abort(new Error('left'));
      await assert.rejects(waiting, /left/);
      assert.equal(requests.usedToday('key000000001'), 1);
    });

    it('count no list of models', () => {
      sharing({ requestsPerDay: 1 });

      assert.ok(admit().ok && admit().ok);
      assert.equal(requests.usedToday('key000000001'), 0);
    });

    it('are told in the headers beside the shorter window', () => {
      sharing({ requestsPerDay: 5, requestsPerMinute: 60 });
      requests.add('key000000001', 3);

      const admission = admit();

      assert.ok(admission.ok);
      assert.equal(admission.headers?.['ratelimit-policy'], '"key";q=60;w=60, "key-day";q=5;w=86400');
      assert.match(admission.headers.ratelimit ?? '', /^"key";r=59;t=60, "key-day";r=2;t=3600$/);
      assert.equal(admission.headers['x-ratelimit-remaining-requests'], '2');
      assert.equal(admission.headers['x-ratelimit-limit-requests'], '5');
    });
  });

  it('tokens a day hold in observe mode, until midnight UTC', async () => {
    observing({ tokensPerDay: 100 });

    const refusal = await acquire();

    assert.ok(!('release' in refusal));
    assert.equal(refusal.code, 'tokens_exhausted');
    assert.equal(refusal.retryAfterSec, 3600);
    assert.equal(fixture.events.find(({ kind }) => kind === 'throttle.rate')?.errorCode, 'tokens_exhausted');
  });

  it('tokens count the prompt of a stream whose client left before the engine could', () => {
    const added: number[] = [];
    fixture = makeSecurity({
      clock,
      authenticator: keyWith({ tokensPerDay: 100 }),
      tokens: { usedToday: () => 0, add: (_keyId, count) => void added.push(count) },
    });

    fixture.gate.settled({
      ...{ requestId: 'req_1', at: 0, address: '203.0.113.7', method: 'POST', route: '/v1/chat/completions' },
      ...{ path: '/v1/chat/completions', status: 200, durationMs: 1, bytesOut: 9, queueMs: 0, isStream: true },
      ...{ outcome: 'aborted', bytesIn: 4000, tokensOut: 5 },
      identity: { type: 'key', keyId: 'key000000001', label: 'shared' },
    });

    assert.deepEqual(added, [1005]);
  });

  it('tokens are told with every answer', () => {
    observing({ tokensPerDay: 250 });

    const admission = admit();

    assert.ok(admission.ok);
    assert.equal(admission.headers?.['x-ratelimit-limit-tokens'], '250');
    assert.equal(admission.headers['x-ratelimit-remaining-tokens'], '150');
    assert.equal(admission.headers['x-ratelimit-reset-tokens'], '3600s');
  });

  it('do not hold while the rate limits are switched off', async () => {
    observing({ tokensPerDay: 100, requestsPerMinute: 1 }, { services: { rateLimits: 'off' } });

    assert.ok(admit().ok && admit().ok);
    assert.ok('release' in (await acquire()));
  });

  it('a model out of scope is refused with a row that names the key', async () => {
    observing({ models: ['engine/m'] });

    const refusal = await acquire('engine/other');

    assert.ok(!('release' in refusal));
    assert.equal(refusal.code, 'key_out_of_scope');
    const row = fixture.events.find(({ kind }) => kind === 'auth.failure');
    assert.deepEqual([row?.errorCode, row?.keyId], ['key_out_of_scope', 'key000000001']);
  });

  it('a scope of models says which ones may be seen; without one every model may', () => {
    observing({ models: ['engine/*'] });
    const admission = admit();
    assert.ok(admission.ok);
    assert.deepEqual([admission.canUse?.('engine/m'), admission.canUse?.('other/m')], [true, false]);
    fixture.services.dispose();

    observing({});
    const open = admit();
    assert.ok(open.ok && open.canUse === undefined);
  });
});

import assert from 'node:assert/strict';
import type { ApiKey } from '../../../../src/core/api-key';
import { ExpiryWatch } from '../../../../src/gateway/protection/expiry-watch';
import { FakeClock } from '../../../helpers/fake-clock';

const day = 24 * 60 * 60_000;

describe('expiry watch', () => {
  let clock: FakeClock;
  let keys: ApiKey[];
  let told: number;
  let watch: ExpiryWatch;

  beforeEach(() => {
    clock = new FakeClock();
    keys = [];
    told = 0;
    watch = new ExpiryWatch(
      () => keys,
      () => (told += 1),
      clock,
    );
  });

  const key = (expiresInMs?: number, more: Partial<ApiKey> = {}): ApiKey => ({
    id: 'k',
    label: 'k',
    kind: 'normal',
    scope: {},
    createdAt: 0,
    ...(expiresInMs === undefined ? {} : { expiresAt: clock.now() + expiresInMs }),
    ...more,
  });

  it('tells of every expiry once, years ahead too', () => {
    keys = [key(1_000), key(400 * day)];
    watch.renew();

    clock.advance(999);
    assert.equal(told, 0);
    clock.advance(1);
    assert.equal(told, 1);
    clock.advance(401 * day);
    assert.equal(told, 2);
  });

  it('waits for nothing when no key expires any more', () => {
    keys = [key(), key(-1_000), key(1_000, { revokedAt: 1 })];
    watch.renew();

    assert.equal(clock.pending, 0);
  });

  it('goes by the wall clock, also after the machine slept', () => {
    keys = [key(day)];
    watch.renew();

    clock.jump(day);
    clock.advance(10 * 60_000);

    assert.equal(told, 1);
  });

  it('misses nothing when a timer fires early and the key expires while it looks', () => {
    const expiresAt = clock.now() + 1_000;
    keys = [key(1_000)];
    watch = new ExpiryWatch(
      () => keys,
      () => (told += 1),
      // Wall time stands just before the expiry when the timer fires, and moves on with every look.
      Object.assign(Object.create(clock) as FakeClock, {
        now: () => expiresAt - 1 + Math.max(0, looks++ - 1),
        setTimeout: (callback: () => void, delayMs: number) => clock.setTimeout(callback, delayMs),
      }),
    );
    let looks = 0;
    watch.renew();

    clock.advance(1_000);

    assert.ok(told >= 1);
  });

  it('watches the new time of a changed key', () => {
    keys = [key(1_000)];
    watch.renew();
    keys = [key(5_000)];
    watch.renew();

    clock.advance(4_000);
    assert.equal(told, 0);
    clock.advance(1_000);
    assert.equal(told, 1);
  });

  it('is silent once disposed', () => {
    keys = [key(1_000)];
    watch.renew();
    watch.dispose();

    clock.advance(2_000);
    assert.equal(told, 0);
  });
});

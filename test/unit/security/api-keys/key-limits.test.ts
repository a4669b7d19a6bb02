import assert from 'node:assert/strict';
import { KeyLimits } from '../../../../src/security/api-keys/key-limits';
import { TokenCounter } from '../../../../src/security/api-keys/token-counter';
import { FakeClock } from '../../../helpers/fake-clock';

const dayMs = 86_400_000;

function setUp(counted: { keyId: string; day: number; tokens: number }[] = []) {
  const clock = new FakeClock();
  return { clock, limits: new KeyLimits(clock, new TokenCounter(clock, counted)) };
}

describe('key limits', () => {
  it('say nothing where the scope sets none', () => {
    const { limits } = setUp();

    assert.equal(limits.takeRequest('a', {}), undefined);
    assert.equal(limits.tokensToday('a', {}), undefined);
    assert.equal(limits.enter('a', {}), undefined);
  });

  it('count requests of a minute and say when there is room again', () => {
    const { clock, limits } = setUp();
    const scope = { requestsPerMinute: 3 };
    for (let left = 2; left >= 0; left--) assert.equal(limits.takeRequest('a', scope)?.remaining, left);

    const refused = limits.takeRequest('a', scope);

    assert.equal(refused?.isExceeded, true);
    clock.advance(refused.resetSec * 1_000 + 20_000);
    assert.equal(limits.takeRequest('a', scope)?.isExceeded, false);
  });

  it('do not let refused requests push the window on', () => {
    const { clock, limits } = setUp();
    const scope = { requestsPerMinute: 1 };
    limits.takeRequest('a', scope);
    for (let n = 0; n < 100; n++) limits.takeRequest('a', scope);

    clock.advance(120_000);

    assert.equal(limits.takeRequest('a', scope)?.isExceeded, false);
  });

  it('keep keys apart', () => {
    const { limits } = setUp();
    limits.takeRequest('a', { requestsPerMinute: 1 });

    assert.equal(limits.takeRequest('b', { requestsPerMinute: 1 })?.isExceeded, false);
  });

  it('give a place back', () => {
    const { limits } = setUp();
    const scope = { concurrency: 1 };
    assert.equal(limits.enter('a', scope)?.isExceeded, false);
    assert.equal(limits.enter('a', scope)?.isExceeded, true);

    limits.leave('a');

    assert.equal(limits.enter('a', scope)?.isExceeded, false);
  });

  it('count the tokens of the day, beginning with what was counted before the restart', () => {
    const clock = new FakeClock();
    const { limits } = setUp([{ keyId: 'a', day: Math.floor(clock.now() / dayMs), tokens: 90 }]);

    limits.addTokens('a', 9);
    assert.equal(limits.tokensToday('a', { tokensPerDay: 100 })?.isExceeded, false);
    limits.addTokens('a', 1);
    const facts = limits.tokensToday('a', { tokensPerDay: 100 });

    assert.deepEqual(facts, { limit: 100, used: 100, remaining: 0, resetSec: 86_400, isExceeded: true });
  });

  it('begin anew on the next day, and not when the clock goes back', () => {
    const { clock, limits } = setUp();
    limits.addTokens('a', 50);

    clock.jump(-3 * dayMs);
    assert.equal(limits.tokensToday('a', { tokensPerDay: 100 })?.used, 50);
    clock.jump(4 * dayMs);
    assert.equal(limits.tokensToday('a', { tokensPerDay: 100 })?.used, 0);
  });
});

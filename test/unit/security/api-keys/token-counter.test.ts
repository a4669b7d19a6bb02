import assert from 'node:assert/strict';
import { TokenCounter } from '../../../../src/security/api-keys/token-counter';
import { FakeClock } from '../../../helpers/fake-clock';

const dayMs = 86_400_000;

describe('tokens of the day', () => {
  it('are counted on from what was counted before the restart', () => {
    const clock = new FakeClock();
    const today = Math.floor(clock.now() / dayMs);
    const counter = new TokenCounter(clock, [
      { keyId: 'a', day: today, tokens: 90 },
      { keyId: 'a', day: today - 1, tokens: 7 },
    ]);

    counter.add('a', 9);

    assert.equal(counter.usedToday('a'), 99);
  });

  it('are counted for each key apart', () => {
    const counter = new TokenCounter(new FakeClock());
    counter.add('a', 5);

    assert.equal(counter.usedToday('b'), 0);
  });

  it('begin anew on the next day, and not when the clock goes back', () => {
    const clock = new FakeClock();
    const counter = new TokenCounter(clock);
    counter.add('a', 50);

    clock.jump(-3 * dayMs);
    assert.equal(counter.usedToday('a'), 50);
    clock.jump(4 * dayMs);
    assert.equal(counter.usedToday('a'), 0);
  });
});

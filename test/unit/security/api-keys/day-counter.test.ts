import assert from 'node:assert/strict';
import { DayCounter } from '../../../../src/security/api-keys/day-counter';
import { FakeClock } from '../../../helpers/fake-clock';

const dayMs = 86_400_000;

describe('tokens or requests of the day', () => {
  it('are counted on from what was counted before the restart', () => {
    const clock = new FakeClock();
    const today = Math.floor(clock.now() / dayMs);
    const counter = new DayCounter(clock);
    counter.load([
      { keyId: 'a', day: today, count: 90 },
      { keyId: 'a', day: today - 1, count: 7 },
    ]);

    counter.add('a', 9);

    assert.equal(counter.usedToday('a'), 99);
  });

  it('are counted for each key apart', () => {
    const counter = new DayCounter(new FakeClock());
    counter.add('a', 5);

    assert.equal(counter.usedToday('b'), 0);
  });

  it('begin anew on the next day, and not when the clock goes back', () => {
    const clock = new FakeClock();
    const counter = new DayCounter(clock);
    counter.add('a', 50);

    clock.jump(-3 * dayMs);
    assert.equal(counter.usedToday('a'), 50);
    clock.jump(4 * dayMs);
    assert.equal(counter.usedToday('a'), 0);
  });

  it('can be taken back, also after midnight, and never below none', () => {
    const clock = new FakeClock();
    const counter = new DayCounter(clock);
    counter.add('a', 1);

    counter.add('a', -1);
    assert.equal(counter.usedToday('a'), 0);
    counter.add('a', 1);
    clock.advance(dayMs);
    counter.add('a', -1);
    assert.equal(counter.usedToday('a'), 0);
  });
});

import assert from 'node:assert/strict';
import { WallTimer } from '../../../src/tls/wall-timer';
import { FakeClock } from '../../helpers/fake-clock';

const dayMs = 24 * 60 * 60_000;

describe('timer by the wall clock', () => {
  it('calls once at its time, also beyond what a timer of Node can hold', () => {
    const clock = new FakeClock();
    let calls = 0;
    new WallTimer(clock, () => calls++).set(clock.now() + 60 * dayMs);

    clock.advance(60 * dayMs - 1);
    assert.equal(calls, 0);
    clock.advance(1);
    clock.advance(dayMs);

    assert.equal(calls, 1);
  });

  it('notices within the hour that the machine slept past its time', () => {
    const clock = new FakeClock();
    let calls = 0;
    new WallTimer(clock, () => calls++).set(clock.now() + 30 * dayMs);

    clock.jump(31 * dayMs);
    clock.advance(60 * 60_000);

    assert.equal(calls, 1);
  });

  it('is silent once cancelled', () => {
    const clock = new FakeClock();
    const timer = new WallTimer(clock, () => assert.fail('called'));
    timer.set(clock.now() + dayMs);

    timer.cancel();
    clock.advance(2 * dayMs);

    assert.equal(clock.pending, 0);
  });
});

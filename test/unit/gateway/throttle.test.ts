import assert from 'node:assert/strict';
import { Throttle } from '../../../src/gateway/throttle';
import { FakeClock } from '../../helpers/fake-clock';

describe('throttle', () => {
  let clock: FakeClock;
  let sentAt: number[];
  let throttle: Throttle;

  beforeEach(() => {
    clock = new FakeClock();
    sentAt = [];
    throttle = new Throttle(100, () => sentAt.push(clock.monotonic()), clock);
  });

  it('sends the first change at once', () => {
    throttle.trigger();

    assert.deepEqual(sentAt, [0]);
  });

  it('sends what came meanwhile once, when the interval ends', () => {
    for (let i = 0; i < 50; i++) throttle.trigger();
    clock.advance(99);
    assert.deepEqual(sentAt, [0]);

    clock.advance(1);

    assert.deepEqual(sentAt, [0, 100]);
  });

  it('sends ten a second at most, and always the last change', () => {
    for (let ms = 0; ms < 1000; ms++) {
      throttle.trigger();
      clock.advance(1);
    }
    clock.advance(1000);

    assert.deepEqual(sentAt, [0, 100, 200, 300, 400, 500, 600, 700, 800, 900, 1000]);
  });

  it('sets no timer while nothing changes', () => {
    throttle.trigger();
    clock.advance(1000);

    assert.equal(clock.pending, 0);
  });

  it('sends nothing after it was disposed', () => {
    throttle.trigger();
    throttle.trigger();
    throttle.dispose();
    throttle.trigger();
    clock.advance(1000);

    assert.deepEqual(sentAt, [0]);
  });
});

import assert from 'node:assert/strict';
import { OwnTime } from '../../../src/proxy/own-time';

function timeOf(): { time: OwnTime; pass: (ms: number) => void } {
  let now = 100;
  return { time: new OwnTime(() => now), pass: (ms) => void (now += ms) };
}

describe('OwnTime', () => {
  it('is what passed outside of waits, in microseconds', () => {
    const { time, pass } = timeOf();

    pass(0.2);
    time.wait();
    pass(5000);
    time.resume();
    pass(0.05);

    assert.equal(time.us, 250);
  });

  it('stands still while it waits', () => {
    const { time, pass } = timeOf();

    pass(1);
    time.wait();
    pass(30);

    assert.equal(time.us, 1000);
  });

  it('counts a wait within a wait once, and a resume without one not at all', () => {
    const { time, pass } = timeOf();

    time.resume();
    time.wait();
    pass(10);
    time.wait();
    pass(10);
    time.resume();
    time.resume();
    pass(2);

    assert.equal(time.us, 2000);
  });
});

import assert from 'node:assert/strict';
import { Heartbeat } from '../../../src/proxy/heartbeat';
import { FakeClock } from '../../helpers/fake-clock';

function beating(): { clock: FakeClock; heartbeat: Heartbeat; beats: () => number } {
  const clock = new FakeClock();
  let count = 0;
  const heartbeat = new Heartbeat(clock, 1000, () => count++);
  heartbeat.start();
  return { clock, heartbeat, beats: () => count };
}

describe('Heartbeat', () => {
  it('beats after every full silence', () => {
    const { clock, beats } = beating();

    clock.advance(999);
    assert.equal(beats(), 0);
    clock.advance(1);
    assert.equal(beats(), 1);
    clock.advance(2500);
    assert.equal(beats(), 3);
  });

  it('counts the silence from the last touch', () => {
    const { clock, heartbeat, beats } = beating();

    clock.advance(900);
    heartbeat.touch();
    clock.advance(999);
    assert.equal(beats(), 0);
    clock.advance(1);
    assert.equal(beats(), 1);
  });

  it('has one timer, and none once stopped', () => {
    const { clock, heartbeat, beats } = beating();
    for (let i = 0; i < 100; i++) heartbeat.touch();
    assert.equal(clock.pending, 1);

    heartbeat.stop();

    clock.advance(5000);
    assert.deepEqual([clock.pending, beats()], [0, 0]);
  });
});

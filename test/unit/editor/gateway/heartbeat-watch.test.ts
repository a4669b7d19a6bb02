import assert from 'node:assert/strict';
import { HeartbeatWatch, stoppedAfterMs } from '../../../../src/editor/gateway/heartbeat-watch';
import type { SeenLease } from '../../../../src/editor/gateway/lease-reader';
import { FakeClock } from '../../../helpers/fake-clock';

describe('heartbeat of another window', () => {
  let clock: FakeClock;
  let watch: HeartbeatWatch;

  beforeEach(() => {
    clock = new FakeClock();
    watch = new HeartbeatWatch(clock);
  });

  const seen = (beatAt: number, nonce = 'nonce-one'): SeenLease => ({
    beatAt,
    lease: { pipe: 'p', token: 't', pid: 1, version: '1', protocolVersion: 1, nonce, startedAt: 0 },
  });

  function look(times: number, beat: (i: number) => SeenLease): boolean[] {
    return Array.from({ length: times }, (_, i) => {
      const hasStopped = watch.hasStopped(beat(i));
      clock.advance(stoppedAfterMs / 3);
      return hasStopped;
    });
  }

  it('has stopped once nothing changed for 15 s', () => {
    assert.deepEqual(
      look(5, () => seen(7)),
      [false, false, false, true, true],
    );
  });

  it('goes on while the file changes, also backwards', () => {
    assert.deepEqual(
      look(8, (i) => seen(100 - i)),
      Array(8).fill(false),
    );
  });

  it('has not stopped because this machine slept', () => {
    watch.hasStopped(seen(7));
    clock.advance(8 * 3_600_000);

    assert.equal(watch.hasStopped(seen(7)), false);
  });

  it('has not stopped because the wall clock jumped', () => {
    watch.hasStopped(seen(7));
    clock.jump(86_400_000);

    assert.equal(watch.hasStopped(seen(7)), false);
  });

  it('is that of a new owner when the lease is another', () => {
    look(3, () => seen(7));

    assert.equal(watch.hasStopped(seen(7, 'nonce-two')), false);
  });
});

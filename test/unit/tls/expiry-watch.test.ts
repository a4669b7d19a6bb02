import assert from 'node:assert/strict';
import { ExpiryWatch } from '../../../src/tls/expiry-watch';
import { FakeClock } from '../../helpers/fake-clock';

const dayMs = 24 * 60 * 60_000;

function watched(): { clock: FakeClock; watch: ExpiryWatch; told: (number | 'end')[] } {
  const clock = new FakeClock();
  const told: (number | 'end')[] = [];
  const watch = new ExpiryWatch(clock, { onSoon: (days) => told.push(days), onEnd: () => told.push('end') });
  return { clock, watch, told };
}

describe('end of a certificate', () => {
  it('is told 30, 7 and 1 day ahead, and when it comes', () => {
    const { clock, watch, told } = watched();
    watch.set(clock.now() + 90 * dayMs);

    const after = (days: number): (number | 'end')[] => {
      clock.advance(days * dayMs);
      return [...told];
    };

    assert.deepEqual(after(59), []);
    assert.deepEqual(after(1), [30]);
    assert.deepEqual(after(22), [30]);
    assert.deepEqual(after(1), [30, 7]);
    assert.deepEqual(after(6), [30, 7, 1]);
    assert.deepEqual(after(1), [30, 7, 1, 'end']);
    assert.equal(clock.pending, 0);
  });

  it('is told at once, and once, for a certificate that has little left', () => {
    const { clock, watch, told } = watched();

    watch.set(clock.now() + 5 * dayMs);
    watch.set(clock.now() + 5 * dayMs);

    assert.deepEqual(told, [7]);
  });

  it('is that of the certificate put in its place', () => {
    const { clock, watch, told } = watched();
    watch.set(clock.now() + 5 * dayMs);

    watch.set(clock.now() + 90 * dayMs);
    clock.advance(40 * dayMs);

    assert.deepEqual(told, [7]);
  });

  it('keeps quiet once stopped', () => {
    const { clock, watch, told } = watched();
    watch.set(clock.now() + 40 * dayMs);

    watch.stop();
    clock.advance(50 * dayMs);

    assert.deepEqual(told, []);
  });
});

import assert from 'node:assert/strict';
import { SaveSchedule } from '../../../src/storage/save-schedule';
import { FakeClock } from '../../helpers/fake-clock';

/** Saves that take `tookMs` each; changes come every second. */
async function scheduleOf(tookMs: number) {
  const clock = new FakeClock();
  const savedAt: number[] = [];
  const schedule = new SaveSchedule(clock, { quietMs: 5_000, maxDelayMs: 30_000, restFactor: 200 }, async () => {
    savedAt.push(clock.monotonic());
    await new Promise<void>((resolve) => clock.setTimeout(resolve, tookMs));
    return true;
  });
  const changeFor = async (seconds: number) => {
    for (let second = 0; second < seconds; second++) {
      schedule.changed();
      await clock.advanceAsync(1_000, 100);
    }
  };
  return { clock, schedule, savedAt, changeFor };
}

describe('when the database is saved', () => {
  it('a short save is followed by the next within half a minute', async () => {
    const { savedAt, changeFor } = await scheduleOf(1);

    await changeFor(165);

    assert.equal(savedAt.length, 5);
  });

  it('a save that took a second is followed by more than three minutes of rest', async () => {
    const { savedAt, changeFor } = await scheduleOf(1_000);

    await changeFor(260);

    assert.equal(savedAt.length, 2);
    assert.ok(savedAt[1]! - savedAt[0]! >= 200_000);
  });

  it('however long a save took, the next is at most five minutes later', async () => {
    const { savedAt, changeFor } = await scheduleOf(60_000);

    await changeFor(460);

    assert.equal(savedAt.length, 2);
    assert.ok(savedAt[1]! - savedAt[0]! <= 30_000 + 60_000 + 5 * 60_000);
  });

  it('a save that is asked for waits for nothing', async () => {
    const { clock, schedule, savedAt, changeFor } = await scheduleOf(1_000);
    await changeFor(40);

    const now = schedule.now();
    await clock.advanceAsync(2_000, 100);

    assert.equal(await now, true);
    assert.equal(savedAt.length, 2);
  });

  it('never by itself after the schedule was stopped, also when a change or the end of a failed save comes later', async () => {
    const clock = new FakeClock();
    let saves = 0;
    const schedule = new SaveSchedule(clock, { quietMs: 5_000, maxDelayMs: 30_000, restFactor: 200 }, () => {
      saves++;
      return Promise.resolve(false);
    });
    schedule.changed();
    schedule.stop();
    await schedule.now();

    schedule.changed();
    await clock.advanceAsync(600_000, 10_000);

    assert.equal(saves, 1);
  });
});

import assert from 'node:assert/strict';
import { endChoices, endTime } from '../../../../src/editor/shares/share-expiry';
import { english } from '../editor-facts';

/** A Wednesday, in the reader's time zone. */
const wednesday = new Date(2026, 10, 18, 10).getTime();
const friday = new Date(2026, 10, 20, 10).getTime();

describe('ends of a share', () => {
  it('are the last moment of the day that is named', () => {
    assert.equal(endTime('today', wednesday), new Date(2026, 10, 18, 23, 59, 59, 999).getTime());
    assert.equal(endTime('friday', wednesday), new Date(2026, 10, 20, 23, 59, 59, 999).getTime());
  });

  it('are always in the future', () => {
    for (let day = 0; day < 14; day++) {
      const now = wednesday + day * 86_400_000;
      for (const { value } of endChoices(english, now, 'week')) {
        const at = value === 'date' ? undefined : endTime(value, now);
        assert.ok(at === undefined || at > now, `${value} on ${new Date(now).toDateString()}`);
      }
    }
  });

  it('are no Friday on a Friday, which is today', () => {
    assert.ok(endChoices(english, wednesday, 'week').some(({ value }) => value === 'friday'));
    assert.ok(!endChoices(english, friday, 'week').some(({ value }) => value === 'friday'));
  });
});

import assert from 'node:assert/strict';
import { dayProblem, parseDay } from '../../../../src/editor/keys/key-expiry';
import { english, now } from '../editor-facts';

describe('the last day of a key', () => {
  it('is included to its end, in the time zone of the reader', () => {
    assert.equal(parseDay('2027-01-31'), new Date(2027, 0, 31, 23, 59, 59, 999).getTime());
  });

  it('must be a day of the calendar', () => {
    for (const text of ['2027-02-30', '2027-13-01', '31.01.2027', 'tomorrow', '']) {
      assert.equal(parseDay(text), undefined, text);
    }
  });

  it('must not be over', () => {
    assert.match(dayProblem(english, '2020-01-01', now)!, /over already/);
    assert.match(dayProblem(english, 'soon', now)!, /year-month-day/);
    assert.equal(dayProblem(english, '2099-12-31', now), undefined);
  });
});

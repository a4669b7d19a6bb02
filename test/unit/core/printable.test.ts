import assert from 'node:assert/strict';
import fc from 'fast-check';
import { printable } from '../../../src/core/printable';
import { anyText } from '../../helpers/any-text';

const text = anyText({ maxLength: 60 });
const anyUnits = fc
  .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 60 })
  .map((units) => String.fromCharCode(...units));

describe('printable text', () => {
  const cases: readonly (readonly [what: string, raw: string, shown: string])[] = [
    ['a forged log line', 'a\r\nINFO b', 'a\\u000d\\u000aINFO b'],
    ['a mark that turns the direction of text', 'abc\u202etxt', 'abc\\u202etxt'],
    ['a zero-width space', 'ad\u200bmin', 'ad\\u200bmin'],
    ['half of a surrogate pair', 'a\ud83d', 'a\\ud83d'],
    ['a whole pair and a path with backslashes', '😀 C:\\models', '😀 C:\\models'],
  ];
  for (const [what, raw, shown] of cases) {
    it(`shows ${what} as ${JSON.stringify(shown)}`, () => assert.equal(printable(raw, 100), shown));
  }

  it('is never longer than asked for and says that it was cut', () => {
    assert.equal(printable('abcdef', 4), 'abc…');
    assert.equal(printable('abcd', 4), 'abcd');
    fc.assert(fc.property(anyUnits, fc.integer({ min: 1, max: 40 }), (raw, max) => printable(raw, max).length <= max));
  });

  it('never cuts a pair in two', () => {
    assert.equal(printable('ab😀cd', 4), 'ab…');
  });

  it('survives UTF-8 unchanged, whatever it was', () => {
    fc.assert(
      fc.property(fc.oneof(text, anyUnits), fc.integer({ min: 1, max: 40 }), (raw, max) => {
        const shown = printable(raw, max);
        assert.equal(Buffer.from(shown, 'utf8').toString('utf8'), shown);
      }),
    );
  });

  it('is left alone when done again', () => {
    fc.assert(
      fc.property(anyUnits, fc.integer({ min: 1, max: 40 }), (raw, max) => {
        const once = printable(raw, max);
        assert.equal(printable(once, max), once);
      }),
    );
  });
});

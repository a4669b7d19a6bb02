import assert from 'node:assert/strict';
import fc from 'fast-check';
import { addressKey, parseRange, parseV4, rangeContains } from '../../../src/core/ip-range';
import { RangeIndex } from '../../../src/core/range-index';

const v4 = fc
  .integer({ min: 0, max: 0xffffffff })
  .map((n) => `${n >>> 24}.${(n >>> 16) & 255}.${(n >>> 8) & 255}.${n & 255}`);
const v6 = fc
  .array(fc.integer({ min: 0, max: 0xffff }), { minLength: 8, maxLength: 8 })
  .map((groups) => groups.map((g) => g.toString(16)).join(':'));
const range = fc.oneof(
  fc.tuple(v4, fc.integer({ min: 0, max: 32 })).map(([a, p]) => `${a}/${p}`),
  fc.tuple(v6, fc.integer({ min: 0, max: 128 })).map(([a, p]) => `${a}/${p}`),
);

describe('address ranges', () => {
  it('clears host bits and leaves out the prefix of a single address', () => {
    assert.equal(parseRange('203.0.113.9/24')?.text, '203.0.113.0/24');
    assert.equal(parseRange('203.0.113.9/32')?.text, '203.0.113.9');
    assert.equal(parseRange('2001:DB8:0:1::5/64')?.text, '2001:db8:0:1::/64');
  });

  it('reads an IPv4-mapped range as IPv4', () => {
    assert.equal(parseRange('::ffff:203.0.113.0/120')?.text, '203.0.113.0/24');
  });

  for (const text of [
    '',
    '1.2.3',
    '1.2.3.4/33',
    '01.2.3.4',
    '1.2.3.4/',
    '1.2.3.4/-1',
    '1.2.3.256',
    '2130706433',
    '::1/129',
    'a.example',
    '1.2.3.4 5',
  ]) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      assert.equal(parseRange(text), undefined);
    });
  }

  it('reads every IPv4 address, and only with four plain octets', () => {
    fc.assert(fc.property(v4, (text) => typeof parseV4(text) === 'number' && parseV4(`0${text}`) === undefined));
  });

  it('reads back what it wrote', () => {
    fc.assert(
      fc.property(range, (text) => {
        const first = parseRange(text);
        assert.equal(parseRange(first?.text ?? '')?.text, first?.text);
      }),
    );
  });

  it('keys IPv6 by its /64 and unwraps mapped addresses', () => {
    assert.equal(addressKey('2001:db8::aaaa:1'), addressKey('2001:db8::bbbb:2'));
    assert.notEqual(addressKey('2001:db8:0:1::1'), addressKey('2001:db8:0:2::1'));
    assert.equal(addressKey('::ffff:203.0.113.9'), '203.0.113.9');
  });

  it('finds the same as trying every range', () => {
    fc.assert(
      fc.property(
        fc.array(range, { maxLength: 40 }),
        fc.array(fc.oneof(v4, v6), { maxLength: 20 }),
        (ranges, addresses) => {
          const parsed = ranges.flatMap((text) => parseRange(text) ?? []);
          const index = new RangeIndex<string>();
          for (const one of parsed) index.set(one, one.text);
          const inside = parsed.map(({ text }) => text.split('/')[0] ?? '');
          for (const address of [...addresses, ...inside]) {
            const bits = parseRange(address);
            const matching = parsed.filter((one) => bits !== undefined && rangeContains(one, bits));
            const longest = Math.max(...matching.map(({ prefix }) => prefix));
            const expected = matching.find(({ prefix }) => prefix === longest)?.text;
            assert.equal(index.find(address), expected);
          }
        },
      ),
      { numRuns: 100 },
    );
  });

  it('finds nothing that was taken out again', () => {
    fc.assert(
      fc.property(fc.uniqueArray(range, { maxLength: 30 }), (ranges) => {
        const parsed = ranges.flatMap((text) => parseRange(text) ?? []);
        const index = new RangeIndex<string>();
        for (const one of parsed) index.set(one, one.text);
        for (const one of parsed) index.delete(one);
        assert.equal(index.size, 0);
        for (const one of parsed) assert.equal(index.find(one), undefined);
      }),
      { numRuns: 100 },
    );
  });
});

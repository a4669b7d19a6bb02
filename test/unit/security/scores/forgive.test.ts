import assert from 'node:assert/strict';
import { forgiveRanges } from '../../../../src/security/scores/forgive';
import { createTrackedAddresses, TrackedAddress } from '../../../../src/security/scores/tracked-address';
import { FakeClock } from '../../../helpers/fake-clock';

const all = ['203.0.113.7', '203.0.113.8', '198.51.100.1', '2001:db8::/64', '2001:db8:0:ff::/64', '2001:db8:1::/64'];

/** Addresses that are still held in suspicion after ranges were forgiven. */
function suspectedAfter(texts: readonly string[]): readonly string[] {
  const tracked = createTrackedAddresses(new FakeClock());
  for (const key of all) {
    const one = new TrackedAddress();
    one.isWarned = true;
    tracked.set(key, one);
  }
  forgiveRanges(tracked, texts);
  return all.filter((key) => tracked.get(key)?.isWarned === true);
}

const without = (...keys: readonly string[]): readonly string[] => all.filter((key) => !keys.includes(key));

describe('forgiving ranges', () => {
  const cases: readonly (readonly [what: string, text: string, forgiven: readonly string[]])[] = [
    ['one IPv4 address', '203.0.113.7', ['203.0.113.7']],
    ['one IPv4 address in the dress of IPv6', '::ffff:203.0.113.7', ['203.0.113.7']],
    ['an IPv4 network', '203.0.113.0/24', ['203.0.113.7', '203.0.113.8']],
    ['one IPv6 address with the /64 around it', '2001:db8::1234', ['2001:db8::/64']],
    ['a /64', '2001:db8:1::/64', ['2001:db8:1::/64']],
    ['a /56 that FLM blocked by itself', '2001:db8::/56', ['2001:db8::/64', '2001:db8:0:ff::/64']],
    ['a wide IPv6 network', '2001:db8::/32', ['2001:db8::/64', '2001:db8:0:ff::/64', '2001:db8:1::/64']],
    ['nothing for what is no range', 'everybody', []],
  ];
  for (const [what, text, forgiven] of cases) {
    it(`forgives ${what}`, () => {
      assert.deepEqual(suspectedAfter([text]), without(...forgiven));
    });
  }

  it('forgives several at once', () => {
    assert.deepEqual(
      suspectedAfter(['203.0.113.0/24', '2001:db8::/33', '198.51.100.1']),
      without('203.0.113.7', '203.0.113.8', '198.51.100.1', '2001:db8::/64', '2001:db8:0:ff::/64', '2001:db8:1::/64'),
    );
  });
});

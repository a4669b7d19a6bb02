import assert from 'node:assert/strict';
import type { Block } from '../../../../src/core/block';
import { parseRange, type IpRange } from '../../../../src/core/ip-range';
import { HeldBlocks } from '../../../../src/security/blocks/held-blocks';

const rangeOf = (text: string): IpRange => {
  const range = parseRange(text);
  assert.ok(range !== undefined);
  return range;
};

function put(held: HeldBlocks, text: string, expiresAt?: number): void {
  const range = rangeOf(text);
  const end = expiresAt === undefined ? {} : { expiresAt };
  const block: Block = { range: range.text, source: 'auto', rule: 'r', reason: '', createdAt: 0, strikes: 0, ...end };
  held.set(block, range);
}

const first = '2001:db8::/64';

describe('blocked neighbours of a /64', () => {
  it('are the /64s of the same /56, itself among them', () => {
    const held = new HeldBlocks();
    for (const text of [first, '2001:db8:0:1::/64', '2001:db8:0:ff::/64']) put(held, text);
    // Another /56, another size, another kind of address.
    for (const text of ['2001:db8:0:100::/64', '2001:db8::1', '2001:db8::/56', '203.0.113.7']) put(held, text);

    assert.equal(held.countNeighbours(rangeOf(first), 0), 3);
  });

  it('count while their blocks hold', () => {
    const held = new HeldBlocks();
    put(held, first, 100);
    put(held, '2001:db8:0:1::/64', 200);

    assert.deepEqual(
      [99, 100, 200].map((now) => held.countNeighbours(rangeOf(first), now)),
      [2, 1, 0],
    );
  });

  it('count once, however often they are blocked anew', () => {
    const held = new HeldBlocks();
    put(held, first, 100);
    put(held, first, 200);

    assert.equal(held.countNeighbours(rangeOf(first), 0), 1);
  });

  it('are gone with their blocks, those given up for want of room too', () => {
    const held = new HeldBlocks(1);
    put(held, first, 100);
    put(held, '2001:db8:0:1::/64', 200);
    held.giveUp();
    const afterGivingUp = held.countNeighbours(rangeOf(first), 0);
    held.delete(rangeOf('2001:db8:0:1::/64'));

    assert.deepEqual([afterGivingUp, held.countNeighbours(rangeOf(first), 0)], [1, 0]);
  });
});

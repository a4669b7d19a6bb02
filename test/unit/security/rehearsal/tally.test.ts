import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Block } from '../../../../src/core/block';
import { Tally } from '../../../../src/security/rehearsal/tally';

const blockOf = (range: string, createdAt: number): Block => ({
  range,
  source: 'auto',
  rule: 'r',
  reason: '',
  createdAt,
  strikes: 0,
});

describe('what a rehearsal shows', () => {
  it('is who would be blocked most often, then last', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.record({ at: fc.nat(30), times: fc.integer({ min: 1, max: 4 }), id: fc.nat(500) }), {
          selector: ({ id }) => id,
          maxLength: 60,
        }),
        (blocked) => {
          const tally = new Tally(false);
          for (const { id, at, times } of blocked) {
            const blocks = Array.from({ length: times }, () => blockOf(`address ${id}`, at));
            tally.outcome({ blocks, isThrottled: false, isOwn: false });
          }

          const { wouldBlock, wouldBlockTotal } = tally.result(0, 1);

          const sorted = blocked.toSorted((a, b) => b.times - a.times || b.at - a.at);
          assert.deepEqual(
            wouldBlock.map(({ address }) => address),
            sorted.slice(0, 20).map(({ id }) => `address ${id}`),
          );
          assert.equal(wouldBlockTotal, blocked.length);
        },
      ),
    );
  });
});

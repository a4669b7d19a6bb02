import assert from 'node:assert/strict';
import fc from 'fast-check';
import { encodeBatch, encodeEntry, parseJournal, readBatch } from '../../../src/storage/journal-format';
import { anyText } from '../../helpers/any-text';

const secret = new Uint8Array(32).fill(7);

describe('journal format', () => {
  it('gives back what was written, from memory and from the file (property)', () => {
    fc.assert(
      fc.property(fc.array(anyText(), { minLength: 1 }), (texts) => {
        const lines = texts.map((text, index) => encodeEntry(index + 1, 'kd', JSON.stringify({ id: text })));
        const batch = encodeBatch(lines, texts.length, secret);
        const stored = JSON.parse(JSON.stringify(texts)) as string[];
        const entries = Buffer.from(JSON.stringify(stored)).toString() === JSON.stringify(stored) ? stored : undefined;

        const file = parseJournal(batch, secret);

        assert.deepEqual([file.damagedLines, file.forgedBatches, file.isTorn], [0, 0, false]);
        assert.deepEqual(readBatch(batch), file.entries);
        if (entries !== undefined) {
          assert.deepEqual(
            file.entries.map(([number, , value]) => [number, (value as { id: string }).id]),
            entries.map((text, index) => [index + 1, text]),
          );
        }
      }),
    );
  });

  it('finds any byte that was changed (property)', () => {
    const lines = ['one', 'two', 'three'].map((id, index) => encodeEntry(index + 1, 'kd', JSON.stringify({ id })));
    const batch = Buffer.from(encodeBatch(lines, 3, secret));
    fc.assert(
      fc.property(fc.nat({ max: batch.length - 1 }), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const damaged = Buffer.from(batch);
        damaged[at] = (damaged[at] ?? 0) ^ flip;

        const { damagedLines, forgedBatches, isTorn } = parseJournal(damaged, secret);

        assert.ok(damagedLines + forgedBatches > 0 || isTorn);
      }),
    );
  });
});

import assert from 'node:assert/strict';
import { KeyedCount } from '../../../src/core/keyed-count';

describe('KeyedCount', () => {
  it('knows how many there are of each key, and says so with every one more', () => {
    const count = new KeyedCount();

    assert.deepEqual([count.add('a'), count.add('a'), count.add('b', 5)], [1, 2, 5]);
    count.remove('a');

    assert.deepEqual([count.of('a'), count.of('b'), count.of('c')], [1, 5, 0]);
  });

  it('keeps no key of which nothing is left, nor one that never was', () => {
    const count = new KeyedCount();
    count.add('a', 3);

    count.remove('a', 2);
    assert.equal(count.size, 1);
    count.remove('a');
    count.remove('b');

    assert.equal(count.size, 0);
    assert.equal(count.of('a'), 0);
  });
});

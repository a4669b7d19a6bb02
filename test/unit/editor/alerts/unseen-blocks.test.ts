import assert from 'node:assert/strict';
import { UnseenBlocks } from '../../../../src/editor/alerts/unseen-blocks';
import { makeBlock } from '../security-facts';

const first = makeBlock({ range: '203.0.113.1' });
const second = makeBlock({ range: '203.0.113.2' });

describe('blocks nobody has looked at', () => {
  it('are none when the window opens, whoever is blocked then', () => {
    const unseen = new UnseenBlocks();

    unseen.update([first]);

    assert.equal(unseen.count, 0);
  });

  it('are those that come later', () => {
    const unseen = new UnseenBlocks();
    unseen.update([]);

    assert.equal(unseen.update([first, second]), true);
    assert.equal(unseen.count, 2);
    assert.equal(unseen.has('203.0.113.1'), true);
    assert.equal(unseen.has('203.0.113.'), false);
    assert.equal(unseen.update([first, second]), false);
  });

  it('are none once somebody looked', () => {
    const unseen = new UnseenBlocks();
    unseen.update([]);
    unseen.update([first]);

    assert.equal(unseen.markSeen(), true);
    unseen.update([first]);

    assert.equal(unseen.count, 0);
    assert.equal(unseen.markSeen(), false);
  });

  it('do not count once they are lifted', () => {
    const unseen = new UnseenBlocks();
    unseen.update([]);
    unseen.update([first, second]);

    unseen.update([second]);

    assert.equal(unseen.count, 1);
  });

  it('do not count when the user made them', () => {
    const unseen = new UnseenBlocks();
    unseen.update([]);

    unseen.update([makeBlock({ source: 'manual' }), makeBlock({ range: 'x', source: 'import' })]);

    assert.equal(unseen.count, 0);
  });

  it('count again when the same address is blocked again', () => {
    const unseen = new UnseenBlocks();
    unseen.update([first]);

    unseen.update([{ ...first, createdAt: first.createdAt + 1 }]);

    assert.equal(unseen.count, 1);
  });
});

import assert from 'node:assert/strict';
import { promptTsxText } from '../../../../src/editor/language-models/prompt-tsx-text';

describe('text of a prompt-tsx tree', () => {
  it('is what its text nodes say, with their line breaks', () => {
    const tree = {
      node: {
        type: 1,
        ctor: 2,
        children: [
          { type: 2, text: 'first', priority: 1 },
          { type: 1, ctor: 1, children: [{ type: 2, text: 'second', lineBreakBefore: true }] },
        ],
      },
    };

    assert.equal(promptTsxText(tree), 'first\nsecond');
  });

  it('is JSON for anything else', () => {
    assert.equal(promptTsxText({ a: 1 }), '{"a":1}');
    assert.equal(promptTsxText('plain'), 'plain');
  });

  it('ends at a depth no prompt has', () => {
    let node: object = { type: 2, text: 'deep' };
    for (let depth = 0; depth < 1000; depth++) node = { type: 1, children: [node] };

    assert.equal(promptTsxText({ node }), '');
  });
});

import assert from 'node:assert/strict';
import type { Block } from '../../../../src/core/block';
import { activeBlocks, allowFacts, blockFacts, ruleLabel, sortBlocks } from '../../../../src/editor/blocks/block-facts';
import { english, now } from '../editor-facts';
import { makeBlock, minuteMs } from '../security-facts';

describe('what is said of a block', () => {
  it('counts down and says why', () => {
    assert.deepEqual(blockFacts(english, makeBlock(), now), ['blocked 27 min more', 'touched decoy paths']);
  });

  it('says that one does not end by itself', () => {
    const forever: Block = { ...makeBlock({ source: 'manual', note: 'my neighbour' }) };
    delete (forever as { expiresAt?: number }).expiresAt;

    assert.deepEqual(blockFacts(english, forever, now), ['blocked until lifted', 'blocked by you', 'my neighbour']);
  });

  it('says that one comes from a list', () => {
    assert.ok(
      blockFacts(english, makeBlock({ source: 'import', rule: 'manual' }), now).includes('from an imported list'),
    );
  });

  it('shows a rule it does not know as it is, as plain text', () => {
    assert.equal(ruleLabel(english, 'new\u202erule'), 'new rule');
    assert.equal(ruleLabel(english, 'constructor'), 'constructor');
  });

  it('leaves out what has ended', () => {
    const blocks = [makeBlock({ range: 'a', expiresAt: now }), makeBlock({ range: 'b', expiresAt: now + 1 })];

    assert.deepEqual(
      activeBlocks(blocks, now).map(({ range }) => range),
      ['b'],
    );
  });

  it('begins with the newest', () => {
    const blocks = [makeBlock({ range: 'old', createdAt: 1 }), makeBlock({ range: 'new', createdAt: 2 })];

    assert.deepEqual(
      sortBlocks(blocks).map(({ range }) => range),
      ['new', 'old'],
    );
  });

  it('says how long somebody is allowed', () => {
    assert.deepEqual(allowFacts(english, { range: 'x', createdAt: 1, note: 'desk' }, now), ['always allowed', 'desk']);
    assert.deepEqual(allowFacts(english, { range: 'x', createdAt: 1, expiresAt: now + 5 * minuteMs }, now), [
      'allowed 5 min more',
    ]);
  });
});

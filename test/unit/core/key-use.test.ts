import assert from 'node:assert/strict';
import { keyUse } from '../../../src/core/key-use';
import type { AccessRecord } from '../../../src/core/request';

const identity = { type: 'key', keyId: 'key000000001', label: 'shared' } as const;
const streamed = { identity, at: 0, outcome: 'ok', isStream: true, queueMs: 0, bytesIn: 4000 } as const;
const tokens = (more: Partial<AccessRecord> = {}) => keyUse({ ...streamed, ...more })?.tokens;

describe('what a key has used', () => {
  it('is what the engine counted, whatever the size of the request', () => {
    assert.equal(tokens({ tokensIn: 7, tokensOut: 3 }), 10);
    assert.equal(tokens({ tokensIn: 0, tokensOut: 3 }), 3);
  });

  it('has a guessed prompt where the client left before the engine could tell', () => {
    assert.equal(tokens({ outcome: 'aborted', tokensOut: 20 }), 1020);
    assert.equal(tokens({ outcome: 'aborted', isStream: false }), 1000);
  });

  it('has a guessed prompt in a stream whose engine tells nothing', () => {
    assert.equal(tokens({ tokensOut: 20 }), 1020);
  });

  it('guesses no more than a long prompt for a request full of pictures', () => {
    assert.equal(tokens({ outcome: 'aborted', bytesIn: 30_000_000 }), 32_768);
  });

  it('has no prompt that no engine was given, or that an engine failed on', () => {
    const { queueMs, ...unqueued } = streamed;
    assert.equal(queueMs, 0);
    assert.equal(keyUse({ ...unqueued, outcome: 'aborted' })?.tokens, 0);
    for (const outcome of ['refused', 'engine-error', 'error'] as const) assert.equal(tokens({ outcome }), 0);
    assert.equal(tokens({ isStream: false }), 0); // a list, a count: whole answers say what they used
  });

  it('is nobody’s without a key', () => {
    assert.equal(keyUse({ ...streamed, identity: { type: 'local' } }), undefined);
  });
});

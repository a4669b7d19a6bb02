import assert from 'node:assert/strict';
import { estimateMessageTokens, estimateTokens } from '../../../../src/editor/language-models/token-estimate';

describe('estimated tokens', () => {
  it('are none for nothing', () => {
    assert.equal(estimateTokens(''), 0);
  });

  it('are a quarter of Latin characters, rounded up', () => {
    assert.equal(estimateTokens('abcdefgh'), 2);
    assert.equal(estimateTokens('abcdefghi'), 3);
  });

  it('are half of the characters of other alphabets', () => {
    assert.equal(estimateTokens('приветик'), 4);
  });

  it('are one per Japanese or Chinese character, and per emoji', () => {
    assert.equal(estimateTokens('これは日本語'), 6);
    assert.equal(estimateTokens('𠮷'), 1);
    assert.equal(estimateTokens('🙂'), 1);
  });

  it('of a message cover all its parts', () => {
    const tokens = estimateMessageTokens({
      role: 'user',
      parts: [
        { kind: 'text', text: 'abcd' },
        { kind: 'image', mimeType: 'image/png', data: new Uint8Array() },
        { kind: 'tool-call', id: '1', name: 'read', input: {} },
        { kind: 'tool-result', id: '1', content: [{ kind: 'text', text: 'abcd' }] },
      ],
    });

    assert.equal(tokens, 4 + 1 + 800 + (8 + 1 + 1) + (8 + 1));
  });
});

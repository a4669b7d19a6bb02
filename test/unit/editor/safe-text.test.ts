import assert from 'node:assert/strict';
import fc from 'fast-check';
import { markdownText, messageText, plainText } from '../../../src/editor/safe-text';

describe('text made by engines', () => {
  it('is one line without control characters', () => {
    assert.equal(plainText('a\r\nb\u0000c\u001b[31md'), 'a b c [31md');
  });

  it('loses characters that reverse the direction of reading or cannot be seen', () => {
    assert.equal(plainText('safe\u202Eexe.\u2066x\u200By'), 'safe exe. x y');
  });

  it('is cut at 300 characters', () => {
    const cut = plainText('x'.repeat(10_000));

    assert.equal(cut.length, 300);
    assert.ok(cut.endsWith('…'));
  });

  it('is cut between characters, not inside one', () => {
    assert.doesNotMatch(plainText('😀'.repeat(500)), /[\ud800-\udbff](?![\udc00-\udfff])/);
  });

  it('makes no link in a message', () => {
    assert.equal(messageText('[Click](command:evil)'), '[Click] (command:evil)');
  });

  it('makes no icon in a quick pick', () => {
    assert.equal(messageText('$(trash) model'), '$ (trash) model');
  });

  it('escapes all punctuation in Markdown, so that nothing of it is markup', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary-ascii', maxLength: 200 }), (text) => {
        const escaped = markdownText(text);
        const bare = escaped.replace(/\\[!-/:-@[-`{-~]/g, '');

        assert.doesNotMatch(bare, /[!-/:-@[-`{-~]/);
      }),
    );
  });

  it('reads as before once Markdown is rendered', () => {
    assert.equal(markdownText('a|b [x](http://y) <b>').replace(/\\(.)/g, '$1'), 'a|b [x](http://y) <b>');
  });
});

import assert from 'node:assert/strict';
import { contextWarning } from '../../../../src/proxy/repairs/context-warning';
import { promptCharacters } from '../../../../src/proxy/repairs/prompt-size';
import { RequestMembers } from '../../../../src/proxy/repairs/request-members';
import { bodyOf, contextOf } from './support';

const ask = (content: unknown) => ({ messages: [{ role: 'user', content }] });
const warner = (body: object, contextLoaded?: number) =>
  contextWarning.warn?.(contextOf({ body, model: contextLoaded === undefined ? {} : { contextLoaded } }));

describe('context-warning', () => {
  it('warns before the answer when the text alone cannot fit', () => {
    assert.equal(warner(ask('words '.repeat(200)), 100)?.before?.(), 'context-truncated');
  });

  it('does not warn of a prompt that may fit', () => {
    assert.equal(warner(ask('words '.repeat(90)), 100)?.before?.(), undefined);
  });

  it('counts neither images nor indentation', () => {
    const image = [{ type: 'image_url', image_url: { url: `data:image/png;base64,${'A'.repeat(5000)}` } }];

    assert.equal(warner(ask(image), 100)?.before?.(), undefined);
    assert.equal(warner(ask(' '.repeat(5000)), 100)?.before?.(), undefined);
  });

  it('warns after the answer when the engine counted a full context', () => {
    assert.equal(warner(ask('Hi'), 100)?.after?.({ tokensIn: 100 }), 'context-truncated');
    assert.equal(warner(ask('Hi'), 100)?.after?.({ tokensIn: 99 }), undefined);
    assert.equal(warner(ask('Hi'), 100)?.after?.({ tokensOut: 500 }), undefined);
  });

  it('warns after the answer when the engine counted far fewer tokens than the text has', () => {
    const long = ask('word '.repeat(110));

    assert.equal(warner(long, 100)?.before?.(), undefined);
    assert.equal(warner(long, 100)?.after?.({ tokensIn: 50 }), 'context-truncated');
    assert.equal(warner(long, 100)?.after?.({ tokensIn: 95 }), undefined);
    assert.equal(warner(long, 100)?.after?.({ tokensIn: 0 }), undefined);
  });

  it('does not suspect a short prompt of few tokens', () => {
    assert.equal(warner(ask('x'.repeat(190)), 100)?.after?.({ tokensIn: 3 }), undefined);
  });

  it('cannot tell while the loaded context is not known', () => {
    assert.equal(warner(ask('words '.repeat(9999))), undefined);
  });
});

describe('promptCharacters', () => {
  const count = (body: object) => promptCharacters(new RequestMembers(bodyOf(body)), 0);

  it('adds up the text of messages and of prompts', () => {
    assert.equal(
      count({ messages: [{ content: 'ab' }, { content: [{ type: 'text', text: 'cde' }] }, { content: null }, 7] }),
      5,
    );
    assert.equal(count({ prompt: 'abc' }), 3);
    assert.equal(count({ prompt: ['ab', 'c'] }), 3);
    assert.equal(count({}), 0);
  });
});

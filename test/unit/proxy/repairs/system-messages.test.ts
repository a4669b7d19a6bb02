import assert from 'node:assert/strict';
import { systemMessages } from '../../../../src/proxy/repairs/system-messages';
import { changeOf, type Setup } from './support';

const strict: Setup = { kind: 'vllm', model: { isSystemFirst: true } };
const system = (content: unknown) => ({ role: 'system', content });
const user = (content: unknown) => ({ role: 'user', content });
const answer = { role: 'assistant', content: 'Yes.' };

describe('system-messages', () => {
  it('joins what the system says before the first answer', () => {
    const messages = [system('A'), user('Hi'), system([{ type: 'text', text: 'B' }])];

    assert.deepEqual(changeOf(systemMessages, { messages }, strict), {
      set: { messages: [system('A\n\nB'), user('Hi')] },
    });
  });

  it('makes a reminder of what it says later', () => {
    const messages = [user('Hi'), answer, user('Go on'), system('Be brief.')];

    assert.deepEqual(changeOf(systemMessages, { messages }, strict), {
      set: { messages: [user('Hi'), answer, user('Go on\n\n<system-reminder>\nBe brief.\n</system-reminder>')] },
    });
  });

  it('says for the developer what the system would: those templates know no developer', () => {
    const messages = [{ content: 'A', role: 'developer' }, user('Hi')];

    assert.deepEqual(changeOf(systemMessages, { messages }, strict), { set: { messages: [system('A'), user('Hi')] } });
  });

  it('leaves one message of the system alone, wherever its role is written, and texts that speak of one', () => {
    for (const messages of [
      [system('A'), user('Hi')],
      [{ content: 'A', role: 'system' }, user('Hi')],
      [user('{"role":"system"} and {"role":"system"}, "developer"')],
      [user('Hi'), answer, user('Go on')],
      [system('"system"'), user('"system"')],
    ]) {
      assert.equal(changeOf(systemMessages, { messages }, strict), undefined);
    }
  });

  it('leaves models alone that are not known to refuse', () => {
    assert.equal(changeOf(systemMessages, { messages: [user('Hi'), system('A')] }, { kind: 'vllm' }), undefined);
  });

  it('leaves to the engine what are no messages', () => {
    for (const messages of ['"system"', ['"system"', system('A')], null]) {
      assert.equal(changeOf(systemMessages, { messages }, strict), undefined);
    }
  });

  it('is idempotent', () => {
    const change = changeOf(systemMessages, { messages: [system('A'), user('Hi'), system('B')] }, strict);
    assert.ok(change !== undefined && 'set' in change);

    assert.equal(changeOf(systemMessages, change.set ?? {}, strict), undefined);
  });
});

import assert from 'node:assert/strict';
import { hasSystemMessage, withOneSystemMessage } from '../../../../src/proxy/dialects/system-messages';

const system = (content: string) => ({ role: 'system', content });
const user = (content: unknown) => ({ role: 'user', content });
const assistant = { role: 'assistant', content: 'Yes.' };
const reminder = '<system-reminder>\nBe brief.\n</system-reminder>';

describe('What the system says in a conversation', () => {
  it('stays as it is where it is said once, first', () => {
    const messages = [system('A'), user('Hi'), assistant];

    assert.equal(withOneSystemMessage(messages), messages);
  });

  it('is said at once, first, as far as it comes before the first answer', () => {
    const messages = [system('A'), user('Hi'), system('B'), system(''), assistant, user('Go on')];

    assert.deepEqual(withOneSystemMessage(messages), [system('A\n\nB'), user('Hi'), assistant, user('Go on')]);
  });

  it('does not change the beginning of a conversation once it was answered', () => {
    const messages = [system('A'), user('Hi'), assistant, user('Go on'), system('Be brief.')];

    assert.deepEqual(withOneSystemMessage(messages), [
      system('A'),
      user('Hi'),
      assistant,
      user(`Go on\n\n${reminder}`),
    ]);
  });

  it('goes to the end of a tool’s answer', () => {
    const tool = { role: 'tool', tool_call_id: 'a', content: '' };

    assert.deepEqual(withOneSystemMessage([user('Hi'), assistant, tool, system('Be brief.')]), [
      user('Hi'),
      assistant,
      { ...tool, content: reminder },
    ]);
  });

  it('is a part beside pictures', () => {
    const image = { type: 'image_url', image_url: { url: 'data:,' } };

    const [, , last] = withOneSystemMessage([user('Hi'), assistant, user([image]), system('Be brief.')]);

    assert.deepEqual(last, user([image, { type: 'text', text: reminder }]));
  });

  it('is said by the user where nobody spoke since the answer', () => {
    const chat = withOneSystemMessage([user('Hi'), assistant, system('Be brief.')]);

    assert.deepEqual(chat, [user('Hi'), assistant, user(reminder)]);
  });

  it('is found wherever it stands', () => {
    assert.equal(hasSystemMessage([user('Hi'), system('A')]), true);
    assert.equal(hasSystemMessage([user('{"role":"system"}')]), false);
    assert.equal(hasSystemMessage('system'), false);
  });
});

import assert from 'node:assert/strict';
import type { ChatMessage, ChatPart } from '../../../../src/editor/language-models/chat-message';
import { toOpenAiMessages } from '../../../../src/editor/language-models/openai-messages';

function text(value: string): ChatPart {
  return { kind: 'text', text: value };
}

function user(...parts: ChatPart[]): ChatMessage {
  return { role: 'user', parts };
}

function assistant(...parts: ChatPart[]): ChatMessage {
  return { role: 'assistant', parts };
}

const png: ChatPart = { kind: 'image', mimeType: 'image/png', data: new Uint8Array([137, 80, 78, 71]) };
const pngUrl = { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw==' } };

describe('VS Code messages in OpenAI form', () => {
  it('keeps roles, order and words', () => {
    const messages = toOpenAiMessages([
      { role: 'system', parts: [text('Be brief.')] },
      user(text('Hello')),
      assistant(text('Hi')),
      user(text('また'), text('ね')),
    ]);

    assert.deepEqual(messages, [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Hello' },
      { role: 'assistant', content: 'Hi' },
      { role: 'user', content: 'また\nね' },
    ]);
  });

  it('joins the pieces of an answer as they were streamed', () => {
    assert.deepEqual(toOpenAiMessages([assistant(text('Hel'), text('lo'))]), [{ role: 'assistant', content: 'Hello' }]);
  });

  it('sends an image as a data URI beside the text', () => {
    assert.deepEqual(toOpenAiMessages([user(text('What is this?'), png)]), [
      { role: 'user', content: [{ type: 'text', text: 'What is this?' }, pngUrl] },
    ]);
  });

  it('encodes only the given part of a larger buffer', () => {
    const whole = new Uint8Array([0, 0, 137, 80, 78, 71, 0]);

    assert.deepEqual(toOpenAiMessages([user({ kind: 'image', mimeType: 'image/png', data: whole.subarray(2, 6) })]), [
      { role: 'user', content: [pngUrl] },
    ]);
  });

  it('keeps tool calls with their ids and their input as JSON text', () => {
    const call: ChatPart = { kind: 'tool-call', id: 'call_1', name: 'read', input: { path: 'C:\\a "b".txt' } };

    assert.deepEqual(toOpenAiMessages([assistant(call)]), [
      {
        role: 'assistant',
        content: null,
        tool_calls: [
          { id: 'call_1', type: 'function', function: { name: 'read', arguments: '{"path":"C:\\\\a \\"b\\".txt"}' } },
        ],
      },
    ]);
  });

  it('makes each tool result a message of its own before what the user says', () => {
    const messages = toOpenAiMessages([
      user(
        text('And now?'),
        { kind: 'tool-result', id: 'call_1', content: [text('one'), text('two')] },
        { kind: 'tool-result', id: 'call_2', content: [] },
      ),
    ]);

    assert.deepEqual(messages, [
      { role: 'tool', tool_call_id: 'call_1', content: 'one\ntwo' },
      { role: 'tool', tool_call_id: 'call_2', content: '' },
      { role: 'user', content: 'And now?' },
    ]);
  });

  it('shows an image that a tool answered right after its result', () => {
    assert.deepEqual(toOpenAiMessages([user({ kind: 'tool-result', id: 'c', content: [text('done'), png] })]), [
      { role: 'tool', tool_call_id: 'c', content: 'done' },
      { role: 'user', content: [pngUrl] },
    ]);
  });

  it('leaves out messages with nothing in them', () => {
    assert.deepEqual(toOpenAiMessages([user(), assistant(text('')), { role: 'system', parts: [] }]), []);
  });

  it('passes a name on only when OpenAI would take it', () => {
    assert.deepEqual(
      toOpenAiMessages([
        { role: 'user', name: 'alice_1', parts: [text('a')] },
        { role: 'user', name: 'Alice Liddell', parts: [text('b')] },
      ]),
      [
        { role: 'user', content: 'a', name: 'alice_1' },
        { role: 'user', content: 'b' },
      ],
    );
  });
});

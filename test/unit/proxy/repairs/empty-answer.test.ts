import assert from 'node:assert/strict';
import { emptyAnswer } from '../../../../src/proxy/repairs/empty-answer';
import { Fault } from '../../../../src/proxy/repairs/repair';
import { answer, chunk, streamOf, usageChunk, wholeOf } from './support';

const setup = { kind: 'lmstudio', model: { contextLoaded: 100 } } as const;
const used = (prompt: number, completion = 0) => ({
  ...usageChunk,
  usage: { prompt_tokens: prompt, completion_tokens: completion, total_tokens: prompt + completion },
});
const errorCode = (event: unknown) => (event as { error?: { code?: string } }).error?.code;

describe('empty-answer', () => {
  it('turns an empty stream of a prompt that did not fit into an error without [DONE]', () => {
    const events = streamOf(emptyAnswer, [chunk({}, 'stop'), used(150), '[DONE]'], setup);

    assert.deepEqual(events.map(errorCode), ['context_length_exceeded']);
  });

  it('judges by the length of the prompt where no usage comes', () => {
    const long = { messages: [{ role: 'user', content: 'word '.repeat(200) }] };

    assert.deepEqual(streamOf(emptyAnswer, [chunk({}, 'stop'), '[DONE]'], { ...setup, body: long }).map(errorCode), [
      'context_length_exceeded',
    ]);
  });

  it('lets an empty answer to a short prompt pass', () => {
    const short = { messages: [{ role: 'user', content: 'Hi' }] };
    const events = [chunk({}, 'stop'), '[DONE]'] as const;

    assert.deepEqual(streamOf(emptyAnswer, events, { ...setup, body: short }), events);
    assert.deepEqual(streamOf(emptyAnswer, [chunk({}, 'stop'), used(20), '[DONE]'], setup), [
      chunk({}, 'stop'),
      used(20),
      '[DONE]',
    ]);
  });

  it('holds nothing back once something was said', () => {
    const events = [chunk({ content: 'a' }), chunk({}, 'stop'), used(150, 1), '[DONE]'] as const;

    assert.deepEqual(streamOf(emptyAnswer, events, setup), events);
  });

  it('says nothing where the context is not known', () => {
    const events = [chunk({}, 'stop'), used(150), '[DONE]'] as const;

    assert.deepEqual(streamOf(emptyAnswer, events, { kind: 'lmstudio' }), events);
  });

  it('does the same for whole answers', () => {
    const fault = wholeOf(emptyAnswer, answer({ content: '' }, 'stop', { usage: used(150).usage }), setup);
    const said = answer({ content: 'a' }, 'stop', { usage: used(150, 1).usage });

    assert.ok(fault instanceof Fault && fault.error.status === 400);
    assert.equal(wholeOf(emptyAnswer, said, setup), said);
  });
});

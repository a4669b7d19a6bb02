import assert from 'node:assert/strict';
import { finishReasons } from '../../../../src/proxy/repairs/finish-reasons';
import { answer, chunk, streamOf, usageChunk, wholeOf } from './support';

const call = { tool_calls: [{ index: 0, id: 'a', function: { name: 'f', arguments: '{}' } }] };

describe('finish-reasons', () => {
  it('adds the missing reason before [DONE]', () => {
    assert.deepEqual(streamOf(finishReasons, [chunk({ content: 'a' }), chunk({}), '[DONE]']), [
      chunk({ content: 'a' }),
      chunk({}),
      chunk({}, 'stop'),
      '[DONE]',
    ]);
  });

  it('says tool_calls where calls were made, and before the usage', () => {
    assert.deepEqual(streamOf(finishReasons, [chunk(call), usageChunk, '[DONE]']), [
      chunk(call),
      chunk({}, 'tool_calls'),
      usageChunk,
      '[DONE]',
    ]);
  });

  it('ends each choice that is open, and no other', () => {
    const both = {
      ...chunk({}),
      choices: [
        { index: 0, delta: {}, finish_reason: 'length' },
        { index: 1, delta: { content: 'b' }, finish_reason: null },
      ],
    };

    const [, added] = streamOf(finishReasons, [both, '[DONE]']);

    assert.deepEqual((added as { choices: unknown }).choices, [{ index: 1, delta: {}, finish_reason: 'stop' }]);
  });

  it('adds nothing to a stream that broke off', () => {
    assert.deepEqual(streamOf(finishReasons, [chunk({ content: 'a' })]), [chunk({ content: 'a' })]);
  });

  it('words the added chunk of a completion as one', () => {
    const said = { id: 'c', choices: [{ index: 0, text: 'a', finish_reason: null }] };

    assert.deepEqual(streamOf(finishReasons, [said, '[DONE]'], { route: '/v1/completions' }), [
      said,
      { id: 'c', choices: [{ index: 0, text: '', finish_reason: 'stop' }] },
      '[DONE]',
    ]);
  });

  for (const foreign of ['abort', 'repetition']) {
    it(`turns vLLM’s ${foreign} into stop`, () => {
      assert.deepEqual(streamOf(finishReasons, [chunk({}, foreign), '[DONE]']), [chunk({}, 'stop'), '[DONE]']);
      assert.deepEqual(wholeOf(finishReasons, answer({}, foreign)), answer({}, 'stop'));
    });
  }

  it('fills the null of a whole answer', () => {
    assert.deepEqual(wholeOf(finishReasons, answer({ content: 'a' }, null)), answer({ content: 'a' }, 'stop'));
    assert.deepEqual(wholeOf(finishReasons, answer(call, null)), answer(call, 'tool_calls'));
  });

  it('leaves known reasons alone', () => {
    const given = answer({}, 'length');

    assert.equal(wholeOf(finishReasons, given), given);
  });
});

import assert from 'node:assert/strict';
import { streamErrors } from '../../../../src/proxy/repairs/stream-errors';
import { chunk, streamOf } from './support';

describe('stream-errors', () => {
  for (const [engine, error] of [
    ['LM Studio', { error: { message: 'boom' }, message: 'boom' }],
    ['llama.cpp', { error: { code: 500, message: 'boom', type: 'server_error' } }],
    ['vLLM', { error: { message: 'boom', type: 'InternalServerError', param: null, code: 500 } }],
    ['an error that is text', { error: 'boom' }],
  ] as const) {
    it(`puts ${engine} into OpenAI’s shape and ends without [DONE]`, () => {
      assert.deepEqual(streamOf(streamErrors, [chunk({ content: 'a' }), error, '[DONE]']), [
        chunk({ content: 'a' }),
        { error: { message: 'boom', type: 'server_error', param: null, code: 'engine_error' } },
      ]);
    });
  }

  it('knows a prompt that did not fit', () => {
    const message = 'request (5000 tokens) exceeds the available context size (4096 tokens), try increasing it';
    const [event] = streamOf(streamErrors, [{ error: { code: 400, message, type: 'exceed_context_size_error' } }]);

    assert.equal((event as { error: { code: string } }).error.code, 'context_length_exceeded');
  });

  it('passes chunks that say they have no error', () => {
    assert.deepEqual(streamOf(streamErrors, [chunk({}, 'stop', { error: null }), '[DONE]']), [
      chunk({}, 'stop', { error: null }),
      '[DONE]',
    ]);
  });
});

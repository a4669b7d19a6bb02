import assert from 'node:assert/strict';
import { usageChunks } from '../../../../src/proxy/repairs/usage-chunks';
import { changeOf, chunk, streamOf, usageChunk } from './support';

const { usage } = usageChunk;
const zero = { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 };
const asking = { stream: true, stream_options: { include_usage: true } };

describe('usage', () => {
  it('asks the engine for the usage of a stream, keeping other options', () => {
    assert.deepEqual(changeOf(usageChunks, { stream: true }), { set: { stream_options: { include_usage: true } } });
    assert.deepEqual(changeOf(usageChunks, { stream: true, stream_options: { include_usage: false, x: 1 } }), {
      set: { stream_options: { include_usage: true, x: 1 } },
    });
  });

  it('does not ask where the client does, or nothing streams, or the options are no object', () => {
    for (const body of [asking, {}, { stream: false }, { stream: true, stream_options: 'x' }]) {
      assert.equal(changeOf(usageChunks, body), undefined);
    }
  });

  it('keeps the usage chunk from a client that did not ask', () => {
    assert.deepEqual(streamOf(usageChunks, [chunk({ content: 'a' }), usageChunk, '[DONE]']), [
      chunk({ content: 'a' }),
      '[DONE]',
    ]);
  });

  it('takes usage out of other chunks too', () => {
    assert.deepEqual(streamOf(usageChunks, [chunk({ content: 'a' }, null, { usage })], { kind: 'vllm' }), [
      chunk({ content: 'a' }),
    ]);
  });

  it('keeps llama.cpp’s timings: they return to the finish chunk', () => {
    const events = streamOf(
      usageChunks,
      [chunk({}, 'stop'), { ...usageChunk, timings: { predicted_n: 2 } }, '[DONE]'],
      { kind: 'llamacpp' },
    );

    assert.deepEqual(events, [chunk({}, 'stop', { timings: { predicted_n: 2 } }), '[DONE]']);
  });

  it('loses no finish chunk of llama.cpp that no usage follows', () => {
    for (const end of [['[DONE]'], []] as const) {
      assert.deepEqual(streamOf(usageChunks, [chunk({}, 'stop'), ...end], { kind: 'llamacpp' }), [
        chunk({}, 'stop'),
        ...end,
      ]);
    }
    assert.deepEqual(streamOf(usageChunks, [chunk({}, 'stop'), chunk({}, 'length'), '[DONE]'], { kind: 'llamacpp' }), [
      chunk({}, 'stop'),
      chunk({}, 'length'),
      '[DONE]',
    ]);
  });

  it('passes the usage chunk to a client that asked', () => {
    assert.deepEqual(streamOf(usageChunks, [usageChunk], { body: asking }), [usageChunk]);
  });

  it('drops the zeros of Ollama’s completions', () => {
    const said = { id: 'c', choices: [{ index: 0, text: 'a', finish_reason: null }] };
    const setup = { body: asking, route: '/v1/completions' } as const;

    assert.deepEqual(streamOf(usageChunks, [{ ...said, usage: zero }, usageChunk], setup), [said, usageChunk]);
  });

  it('gives the usage in the last words of a llama.cpp completion a chunk of its own', () => {
    const last = { id: 'c', choices: [{ index: 0, text: '', finish_reason: 'length' }] };
    const setup = { body: asking, route: '/v1/completions', kind: 'llamacpp' } as const;

    assert.deepEqual(streamOf(usageChunks, [{ ...last, usage }], setup), [last, { id: 'c', choices: [], usage }]);
  });
});

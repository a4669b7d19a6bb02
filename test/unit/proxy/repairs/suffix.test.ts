import assert from 'node:assert/strict';
import { suffix } from '../../../../src/proxy/repairs/suffix';
import { assertRefused, changeOf, streamOf, wholeOf, type Setup } from './support';

const route = '/v1/completions' as const;
const body = { prompt: 'def f(', suffix: '): pass' };
const llamacpp: Setup = { kind: 'llamacpp', route, body };
const piece = (content: string, more: object = {}) => ({ index: 0, content, stop: false, ...more });
const last = piece('', { stop: true, stop_type: 'eos', model: 'm', tokens_evaluated: 6, tokens_predicted: 2 });

describe('suffix', () => {
  it('asks llama.cpp under its own path, in its own words', () => {
    assert.deepEqual(changeOf(suffix, { ...body, max_tokens: 8 }, llamacpp), {
      path: '/infill',
      set: { input_prefix: 'def f(', input_suffix: '): pass', prompt: '', n_predict: 8 },
      drop: ['suffix'],
    });
  });

  it('leaves completions without one alone', () => {
    for (const without of [{ prompt: 'a' }, { prompt: 'a', suffix: null }, { prompt: 'a', suffix: '' }]) {
      assert.equal(changeOf(suffix, without, llamacpp), undefined);
      assert.equal(changeOf(suffix, without, { kind: 'vllm', route }), undefined);
    }
  });

  it('is refused for engines that would ignore it', () => {
    for (const kind of ['vllm', 'lmstudio'] as const) {
      assertRefused(changeOf(suffix, body, { kind, route }), 'suffix', /cannot fill in/);
    }
  });

  it('is left to vLLM from the version on that fills in, or refuses it itself', () => {
    assert.equal(suffix.isNeedless?.('vllm', '0.32.0'), true);
    assert.equal(suffix.isNeedless('vllm', '0.26.0'), false);
    assert.equal(suffix.isNeedless('vllm', 'dev'), false, 'unknown: refused');
    assert.equal(suffix.isNeedless('llamacpp', 'b9999'), false);
  });

  it('is refused beside several prompts', () => {
    assertRefused(changeOf(suffix, { ...body, prompt: ['a', 'b'] }, llamacpp), 'prompt', /one text/);
  });

  it('puts the pieces of a stream into the form of a completion and ends it with [DONE]', () => {
    const events = streamOf(suffix, [piece('x'), piece(', y'), last], llamacpp) as Record<string, unknown>[];

    assert.equal(events.at(-1), '[DONE]');
    const choices = events.slice(0, -1).map((event) => (event.choices as unknown[])[0]);
    assert.deepEqual(choices, [
      { index: 0, text: 'x', logprobs: null, finish_reason: null },
      { index: 0, text: ', y', logprobs: null, finish_reason: null },
      { index: 0, text: '', logprobs: null, finish_reason: 'stop' },
    ]);
    assert.deepEqual(events[2]?.usage, { prompt_tokens: 6, completion_tokens: 2, total_tokens: 8 });
  });

  it('gives no [DONE] to a stream that broke off', () => {
    assert.equal(streamOf(suffix, [piece('x')], llamacpp).length, 1);
  });

  it('puts a whole answer into the form of a completion', () => {
    const whole = wholeOf(suffix, { ...last, content: 'x', stop_type: 'limit' }, llamacpp) as Record<string, unknown>;

    assert.deepEqual(whole.choices, [{ index: 0, text: 'x', logprobs: null, finish_reason: 'length' }]);
    assert.equal(whole.object, 'text_completion');
  });

  it('is idempotent, and leaves the answers to other completions alone', () => {
    const once = wholeOf(suffix, { ...last, content: 'x' }, llamacpp) as Record<string, unknown>;

    assert.equal(wholeOf(suffix, once, llamacpp), once);
    assert.equal(wholeOf(suffix, last, { kind: 'llamacpp', route, body: { prompt: 'a' } }), last);
  });
});

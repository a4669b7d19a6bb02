import assert from 'node:assert/strict';
import { fillInMiddle } from '../../../../src/proxy/dialects/infill/infill';
import { rerank } from '../../../../src/proxy/dialects/rerank';
import { eventsOf } from '../repairs/support';
import { contextOf, entryOf, refusalOf, toldOf, translationOf } from './ollama/support';

const request = { input_prefix: 'def f(', input_suffix: '): pass', n_predict: 8 };
const ollama = contextOf(entryOf('ollama'));
const usage = { prompt_tokens: 6, completion_tokens: 2, total_tokens: 8 };

describe('an /infill request', () => {
  it('is left alone where the engine is llama.cpp', () => {
    assert.equal(fillInMiddle.nativePath(entryOf('llamacpp'), {} as never), '/infill');
  });

  it('becomes a completion with a suffix elsewhere', () => {
    const { route, request: common } = translationOf(fillInMiddle, { ...request, prompt: 'x', stop: ['\n'] }, ollama);

    assert.equal(route, '/v1/completions');
    assert.deepEqual(common, { prompt: 'def f(x', suffix: '): pass', max_tokens: 8, stop: ['\n'] });
  });

  it('puts the text of other files before the prefix', () => {
    const input_extra = [{ filename: 'a.py', text: 'A' }];
    const { prompt } = translationOf(fillInMiddle, { ...request, input_extra }, ollama).request;

    assert.equal(prompt, '\n\n--- snippet ---\n\nA\n\ndef f(');
  });

  it('is refused with 501 where the engine cannot fill in', () => {
    for (const kind of ['vllm', 'lmstudio'] as const) {
      const [status, message] = refusalOf(fillInMiddle, request, contextOf(entryOf(kind)));

      assert.equal(status, 501);
      assert.match(message, /llama\.cpp and Ollama/);
    }
  });

  it('is answered in llama-server’s form, streamed or whole', () => {
    const translation = translationOf(fillInMiddle, request, ollama);
    const stream = translation.stream();
    const text =
      stream.chunk({ choices: [{ text: 'x' }] }) +
      stream.chunk({ choices: [{ text: '', finish_reason: 'length' }], usage }) +
      stream.end();
    const [first, last] = eventsOf(text) as Record<string, unknown>[];
    const whole = toldOf(translation, { choices: [{ text: 'x', finish_reason: 'stop' }], usage });

    assert.deepEqual([first?.content, first?.stop], ['x', false]);
    assert.deepEqual([last?.content, last?.stop, last?.stop_type, last?.tokens_predicted], ['', true, 'limit', 2]);
    assert.deepEqual([whole.content, whole.stop, whole.stop_type, whole.tokens_evaluated], ['x', true, 'eos', 6]);
  });

  it('natively counts as whole once its last piece is there', () => {
    const tap = fillInMiddle.streams.tap();
    tap.push(Buffer.from('data: {"content":"x","stop":false}\n\n'));
    const before = tap.isDone;
    tap.push(Buffer.from('data: {"content":"","stop":true,"tokens_evaluated":6,"tokens_predicted":1}\n\n'));

    assert.deepEqual(
      [before, tap.isDone, tap.contentEvents, tap.usage],
      [false, true, 1, { tokensIn: 6, tokensOut: 1 }],
    );
  });
});

describe('a rerank request', () => {
  it('goes to engines that have the route, and to servers of no known kind', () => {
    const paths = (['llamacpp', 'vllm', 'openai', 'ollama', 'lmstudio'] as const).map((kind) =>
      rerank.nativePath(entryOf(kind), {} as never),
    );

    assert.deepEqual(paths, ['/v1/rerank', '/v1/rerank', '/v1/rerank', undefined, undefined]);
  });

  it('is refused with 501 elsewhere, naming the engines that can', () => {
    const [status, message] = refusalOf(rerank, { query: 'a', documents: ['b'] }, ollama);

    assert.equal(status, 501);
    assert.match(message, /vLLM .* llama\.cpp/);
  });
});

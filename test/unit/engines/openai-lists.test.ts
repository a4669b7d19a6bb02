import assert from 'node:assert/strict';
import { openaiRows, parseOpenaiModels } from '../../../src/engines/openai-compatible';
import { parseVllmModels } from '../../../src/engines/vllm';

describe('OpenAI-compatible lists', () => {
  it('may have data null, which is an empty list', () => {
    assert.deepEqual(openaiRows({ object: 'list', data: null }), []);
  });

  it('need a list or a null', () => {
    for (const body of [
      {},
      { data: {} },
      { data: null },
      { object: 'list' },
      { data: [1, 2] },
      { data: [{ id: 7 }] },
      null,
      [],
    ]) {
      assert.equal(openaiRows(body), undefined);
    }
  });

  it('keep ids as they are, whatever is in them', () => {
    const ids = ['a/b:c@d%2F', 'C:\\m\\a.gguf', '🦙 lama', '__proto__', '<b>x</b>', 'constructor'];

    const models = parseOpenaiModels({ data: ids.map((id) => ({ id })) });

    assert.deepEqual(
      models?.map((model) => model.id),
      ids,
    );
  });

  it('drop ids that nobody could use: empty, blank, with line breaks, 10 kB long', () => {
    const models = parseOpenaiModels({ data: ['', ' ', 'a\nb', 'x'.repeat(10_240), 'ok'].map((id) => ({ id })) });

    assert.deepEqual(
      models?.map((model) => model.id),
      ['ok'],
    );
  });

  it('may name a model twice and count it once', () => {
    assert.equal(parseOpenaiModels({ data: [{ id: 'a' }, { id: 'a' }] })?.length, 1);
  });

  it('may hold 5,000 models', () => {
    const data = Array.from({ length: 5000 }, (_, n) => ({ id: `model-${n}` }));

    assert.equal(parseOpenaiModels({ data })?.length, 5000);
  });

  it('show embedding and rerank models by their names only', () => {
    const of = (id: string) => parseOpenaiModels({ data: [{ id }] })?.[0]?.capabilities;

    assert.deepEqual(of('text-embedding-3-small'), ['embeddings']);
    assert.deepEqual(of('BAAI/bge-m3'), ['embeddings']);
    assert.deepEqual(of('bge-reranker-v2-m3'), ['rerank']);
    assert.deepEqual(of('gemma-3-4b'), ['chat', 'completion']);
    assert.deepEqual(of('roberta-chat'), ['chat', 'completion']);
  });
});

describe("vLLM's list", () => {
  it('gives a LoRA adapter the context of its parent', () => {
    const models = parseVllmModels({
      data: [
        { id: 'Qwen/Qwen3-8B', owned_by: 'vllm', root: 'Qwen/Qwen3-8B', parent: null, max_model_len: 40_960 },
        { id: 'chat', owned_by: 'vllm', root: 'Qwen/Qwen3-8B', parent: null, max_model_len: 40_960 },
        { id: 'my-lora', owned_by: 'vllm', root: '/loras/x', parent: 'Qwen/Qwen3-8B', max_model_len: null },
      ],
    });

    assert.deepEqual(
      models?.map((model) => [model.id, model.contextLoaded, model.parent, model.isLoaded]),
      [
        ['Qwen/Qwen3-8B', 40_960, undefined, true],
        ['chat', 40_960, undefined, true],
        ['my-lora', 40_960, 'Qwen/Qwen3-8B', true],
      ],
    );
  });
});

import assert from 'node:assert/strict';
import { parseOllamaPs, parseOllamaShow, parseOllamaTags, withRunning } from '../../../src/engines/ollama-models';

const tag = {
  name: 'qwen3:8b',
  model: 'qwen3:8b',
  modified_at: '2026-08-01T10:00:00.123456789+02:00',
  size: 5_200_000_000,
  digest: 'abc',
  details: {
    format: 'gguf',
    family: 'qwen3',
    families: null,
    parameter_size: '8.2B',
    quantization_level: 'Q4_K_M',
    context_length: 40_960,
    embedding_length: 4096,
  },
  capabilities: ['completion', 'tools', 'thinking', 'insert', 'vision', 'holography'],
};

describe("Ollama's list", () => {
  it('tells size, quantisation, parameters, family, context and capabilities', () => {
    const [row] = parseOllamaTags({ models: [tag] }) ?? [];

    assert.equal(row?.isComplete, true);
    assert.deepEqual(row.model, {
      id: 'qwen3:8b',
      capabilities: ['chat', 'completion', 'tools', 'thinking', 'fim', 'vision'],
      contextMax: 40_960,
      sizeBytes: 5_200_000_000,
      parameters: '8.2B',
      quantization: 'Q4_K_M',
      family: 'qwen3',
      format: 'gguf',
      embeddingLength: 4096,
      created: Math.floor(Date.parse(tag.modified_at) / 1000),
    });
  });

  it('marks cloud models, whose size is that of a stub', () => {
    const cloud = {
      name: 'glm-x:cloud',
      remote_host: 'https://ollama.com:443',
      remote_model: 'glm-x',
      size: 384,
      details: { families: null },
    };

    const [row] = parseOllamaTags({ models: [cloud] }) ?? [];

    assert.equal(row?.model.isCloud, true);
    assert.equal(row.model.sizeBytes, undefined);
    assert.equal(row.isComplete, true, 'a cloud model is never asked about');
  });

  it('of older versions leaves context and capabilities to /api/show', () => {
    const [row] = parseOllamaTags({ models: [{ name: 'old:7b', details: { family: 'llama' } }] }) ?? [];

    assert.equal(row?.isComplete, false);
    assert.deepEqual(row.model.capabilities, ['chat', 'completion']);
  });

  it('takes a BERT model without capabilities for an embedding model', () => {
    const [row] = parseOllamaTags({ models: [{ name: 'all-minilm:33m', details: { family: 'bert' } }] }) ?? [];

    assert.deepEqual(row?.model.capabilities, ['embeddings']);
  });

  it('may be null', () => {
    assert.deepEqual(parseOllamaTags({ models: null }), []);
  });

  it('is no list when it is something else', () => {
    for (const body of [undefined, null, [], 'x', { models: 'x' }, { data: [] }])
      assert.equal(parseOllamaTags(body), undefined);
  });
});

describe("Ollama's /api/show", () => {
  it('tells the context under the name of the architecture', () => {
    const shown = parseOllamaShow({
      capabilities: ['embedding'],
      model_info: {
        'general.architecture': 'nomic-bert',
        'nomic-bert.context_length': 2048,
        'nomic-bert.embedding_length': 768,
      },
    });

    assert.deepEqual(shown, { capabilities: ['embeddings'], contextMax: 2048, embeddingLength: 768 });
  });

  it('with __proto__ as architecture tells nothing', () => {
    assert.deepEqual(parseOllamaShow(JSON.parse('{"model_info":{"general.architecture":"__proto__"}}')), {});
  });
});

describe("Ollama's loaded models", () => {
  const models = (parseOllamaTags({ models: [tag, { ...tag, name: 'b', model: 'b' }] }) ?? []).map((row) => row.model);

  it('add actual context, memory and end of stay', () => {
    const running = parseOllamaPs({
      models: [{ model: 'qwen3:8b', context_length: 4096, size_vram: 6e9, expires_at: '2026-08-20T10:05:00Z' }],
    });

    const [first, second] = withRunning(models, running ?? []);

    assert.deepEqual([first?.isLoaded, first?.contextLoaded, first?.vramBytes], [true, 4096, 6e9]);
    assert.equal(first?.expiresAt, Date.parse('2026-08-20T10:05:00Z'));
    assert.equal(second?.isLoaded, false);
  });

  it('forget the actual context when unloaded', () => {
    const loaded = withRunning(models, [{ id: 'qwen3:8b', contextLoaded: 4096 }]);

    const [first] = withRunning(loaded, []);

    assert.deepEqual([first?.isLoaded, first?.contextLoaded], [false, undefined]);
  });
});

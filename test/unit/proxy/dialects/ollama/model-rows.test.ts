import assert from 'node:assert/strict';
import type { Catalog, CatalogEntry } from '../../../../../src/core/catalog';
import { findShown } from '../../../../../src/proxy/dialects/ollama/find-shown';
import { running, show, tags } from '../../../../../src/proxy/dialects/ollama/model-rows';
import { entryOf } from './support';

function catalogOf(...entries: readonly CatalogEntry[]): Catalog {
  return {
    list: () => entries,
    resolve: (name) => {
      const candidates = entries.filter(({ id, model }) => id === name || model.id === name);
      return candidates.length > 0 ? { ok: true, candidates } : { ok: false, code: 'model_not_found', suggestions: [] };
    },
  };
}

const everything = (): boolean => true;
const qwen = entryOf('lmstudio', {
  id: 'qwen3-8b',
  capabilities: ['chat', 'completion', 'tools', 'thinking'],
  contextMax: 40_960,
  contextLoaded: 8192,
  family: 'qwen3',
  parameters: '8.2B',
  quantization: 'Q4_K_M',
  sizeBytes: 5_200_000_000,
  created: 1_780_000_000,
  isLoaded: true,
});
const embed = entryOf('vllm', { id: 'bge-m3', capabilities: ['embeddings'], embeddingLength: 1024, isLoaded: false });

describe('the models as Ollama lists them', () => {
  it('stand under their canonical ids, with Ollama’s names for what they can do', () => {
    const [row] = tags(catalogOf(qwen), everything).models;

    assert.deepEqual([row?.name, row?.model], ['lmstudio/qwen3-8b', 'lmstudio/qwen3-8b']);
    assert.deepEqual(row?.capabilities, ['completion', 'tools', 'thinking']);
    assert.equal(row.modified_at, '2026-05-28T20:26:40.000Z');
  });

  it('have every member that Ollama’s clients rely on, known or not', () => {
    const [row] = tags(catalogOf(entryOf('openai')), everything).models;

    assert.match(String(row?.digest), /^[0-9a-f]{64}$/);
    assert.deepEqual([row?.size, row?.modified_at], [0, '0001-01-01T00:00:00Z']);
    assert.deepEqual(row?.details, {
      parent_model: '',
      format: '',
      family: '',
      families: [],
      parameter_size: '',
      quantization_level: '',
    });
  });

  it('hide what the caller may not use', () => {
    const onlyVllm = (id: string): boolean => id.startsWith('vllm/');

    assert.deepEqual(
      tags(catalogOf(qwen, embed), onlyVllm).models.map(({ name }) => name),
      ['vllm/bge-m3'],
    );
    assert.deepEqual(running(catalogOf(qwen, embed), onlyVllm).models, []);
    assert.equal(findShown(catalogOf(qwen), 'qwen3-8b', onlyVllm), undefined);
  });

  it('run only if they are in memory, with the context they have', () => {
    const { models } = running(catalogOf(qwen, embed), everything);

    assert.deepEqual(
      models.map(({ name, context_length, expires_at }) => [name, context_length, expires_at]),
      [['lmstudio/qwen3-8b', 8192, '2318-01-01T00:00:00Z']],
    );
  });
});

describe('one model as Ollama shows it', () => {
  it('tells context, capabilities and size where clients look for them', () => {
    const shown = show(qwen);

    assert.deepEqual(shown.model_info, {
      'general.architecture': 'qwen3',
      'general.basename': 'qwen3-8b',
      'general.parameter_count': 8_200_000_000,
      'qwen3.context_length': 8192,
    });
    assert.deepEqual(shown.capabilities, ['completion', 'tools', 'thinking']);
    assert.equal(shown.parameters, 'num_ctx 8192');
  });

  it('tells the context a model of Ollama can be given, because the request decides it there', () => {
    const info = show(entryOf('ollama', { contextMax: 40_960, contextLoaded: 4096, family: 'qwen3' })).model_info;

    assert.equal((info as Record<string, unknown>)['qwen3.context_length'], 40_960);
  });

  it('says by its template whether it fills in the middle', () => {
    assert.match(String(show(entryOf('ollama', { capabilities: ['completion', 'fim'] })).template), /\.Suffix/);
    assert.doesNotMatch(String(show(qwen).template), /\.Suffix/);
  });

  it('is found by the names that inference requests understand', () => {
    const found = ['lmstudio/qwen3-8b', 'qwen3-8b', 'none'].map(
      (name) => findShown(catalogOf(qwen), name, everything)?.id,
    );

    assert.deepEqual(found, ['lmstudio/qwen3-8b', 'lmstudio/qwen3-8b', undefined]);
  });
});

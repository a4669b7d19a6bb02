import assert from 'node:assert/strict';
import { parseJson } from '../../../src/engines/json';
import { parseOllamaVersion } from '../../../src/engines/ollama';
import { parseOllamaPs, parseOllamaShow, parseOllamaTags } from '../../../src/engines/ollama-models';
import { parseVllmLoad } from '../../../src/engines/reported-load';
import { parseVllmModels, parseVllmVersion } from '../../../src/engines/vllm';
import { readRecording, type RecordedEngine } from '../../helpers/engines/recording';

const recorded = (engine: RecordedEngine, name: string): unknown => parseJson(readRecording(name, engine).body);

describe('lists of real engines', () => {
  it('reads the version and the models of Ollama 0.33', () => {
    const rows = parseOllamaTags(recorded('ollama', 'tags')) ?? [];
    const row = rows.find(({ model }) => model.id === 'smollm2:135m');

    assert.equal(parseOllamaVersion(recorded('ollama', 'version')), '0.33.0');
    assert.equal(row?.isComplete, true);
    const { capabilities, contextMax, embeddingLength, quantization } = row.model;
    assert.deepEqual(capabilities, ['chat', 'completion']);
    assert.deepEqual([contextMax, embeddingLength, quantization], [8192, 576, 'Q4_1']);
    assert.deepEqual(rows.find(({ model }) => model.id === 'embedder:latest')?.model.capabilities, ['embeddings']);
  });

  it('reads what Ollama 0.33 has in memory, and with how much context', () => {
    assert.deepEqual(
      parseOllamaPs(recorded('ollama', 'ps'))?.map(({ id, contextLoaded }) => [id, contextLoaded]),
      [['smollm2:135m', 4096]],
    );
  });

  it('reads the answer of /api/show', () => {
    assert.deepEqual(parseOllamaShow(recorded('ollama', 'show')), {
      capabilities: ['chat', 'completion'],
      contextMax: 8192,
      embeddingLength: 576,
    });
  });

  it('reads the version, the models and the load of vLLM 0.32', () => {
    const [model] = parseVllmModels(recorded('vllm', 'v1-models')) ?? [];

    assert.equal(parseVllmVersion(recorded('vllm', 'version')), '0.32.0');
    assert.deepEqual([model?.id, model?.contextMax, model?.isLoaded], ['smollm2', 1024, true]);
    assert.deepEqual(parseVllmLoad(readRecording('metrics', 'vllm').body), { running: 0, waiting: 0 });
  });
});

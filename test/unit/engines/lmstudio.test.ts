import assert from 'node:assert/strict';
import { parseLmStudioV0, parseLmStudioV1 } from '../../../src/engines/lmstudio';

describe("LM Studio's native lists", () => {
  it('v1 tells what is loaded with which context', () => {
    const [model] =
      parseLmStudioV1({
        models: [
          {
            type: 'llm',
            key: 'google/gemma-4-26b-a4b',
            display_name: 'Gemma 4 26B A4B',
            architecture: 'gemma4',
            quantization: { name: 'Q4_K_M', bits_per_weight: 4 },
            size_bytes: 17_990_911_801,
            params_string: '26B-A4B',
            loaded_instances: [
              { id: 'google/gemma-4-26b-a4b', config: { context_length: 4096 } },
              { id: 'google/gemma-4-26b-a4b:2', config: { context_length: 8192 } },
            ],
            max_context_length: 262_144,
            format: 'gguf',
            capabilities: { vision: true, trained_for_tool_use: true, reasoning: { allowed_options: ['off', 'on'] } },
          },
        ],
      }) ?? [];

    assert.deepEqual(model, {
      id: 'google/gemma-4-26b-a4b',
      displayName: 'Gemma 4 26B A4B',
      aliases: ['google/gemma-4-26b-a4b:2'],
      capabilities: ['chat', 'completion', 'vision', 'tools', 'thinking'],
      isLoaded: true,
      contextMax: 262_144,
      contextLoaded: 4096,
      sizeBytes: 17_990_911_801,
      parameters: '26B-A4B',
      quantization: 'Q4_K_M',
      family: 'gemma4',
      format: 'gguf',
    });
  });

  it('v1 may leave out nearly everything', () => {
    const models = parseLmStudioV1({
      models: [
        {
          type: 'embedding',
          key: 'nomic',
          quantization: null,
          params_string: null,
          format: null,
          loaded_instances: [],
        },
      ],
    });

    assert.deepEqual(models, [{ id: 'nomic', capabilities: ['embeddings'], isLoaded: false }]);
  });

  it('v0 lists a model twice, and the loaded row counts', () => {
    const row = {
      id: 'qwen',
      type: 'vlm',
      arch: 'qwen2',
      quantization: 'Q4_K_M',
      max_context_length: 32_768,
      capabilities: ['tool_use'],
    };

    const models = parseLmStudioV0({
      data: [
        { ...row, state: 'not-loaded' },
        { ...row, state: 'loaded', loaded_context_length: 16_384 },
      ],
    });

    assert.equal(models?.length, 1);
    assert.deepEqual([models[0]?.isLoaded, models[0]?.contextLoaded], [true, 16_384]);
    assert.deepEqual(models[0]?.capabilities, ['chat', 'completion', 'vision', 'tools']);
  });

  it('are not recognised in the error that unknown routes answer with', () => {
    const error = { error: 'Unexpected endpoint or method. (GET /api/v1/models)' };

    assert.deepEqual([parseLmStudioV1(error), parseLmStudioV0(error)], [undefined, undefined]);
  });
});

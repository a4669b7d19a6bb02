import assert from 'node:assert/strict';
import {
  displayNameOfPath,
  isSystemFirstName,
  parametersText,
  quantizationFromName,
} from '../../../src/engines/model-names';

describe('names of models', () => {
  const quantizations: readonly (readonly [string, string | undefined])[] = [
    ['Qwen3-8B-Q4_K_M.gguf', 'Q4_K_M'],
    ['/models/llama-3.2-3b-instruct-q8_0.gguf', 'Q8_0'],
    ['ggml-org/gemma-3-4b-it-GGUF:Q4_K_M', 'Q4_K_M'],
    ['C:\\m\\x.IQ2_XXS.gguf', 'IQ2_XXS'],
    ['unsloth/x-UD-Q4_K_XL', 'Q4_K_XL'],
    ['stories260K-f32', 'F32'],
    ['Qwen/Qwen3-8B-AWQ', 'AWQ'],
    ['mlx/x-4bit', '4-bit'],
    ['openai/gpt-oss-20b-MXFP4', 'MXFP4'],
    ['llama3.2:3b', undefined],
    ['Q4u', undefined],
  ];
  for (const [name, expected] of quantizations) {
    it(`${name} is quantised ${expected ?? 'in a way it does not tell'}`, () => {
      assert.equal(quantizationFromName(name), expected);
    });
  }

  for (const [name, isStrict] of [
    ['Qwen/Qwen3.5-27B', true],
    ['unsloth/Qwen3.6-27B-GGUF:Q8_K_XL', true],
    ['qwen3.8:27b', true],
    ['finetune:latest qwen35moe', true],
    ['qwen3_5-vl', true],
    ['qwen3:8b', false],
    ['Qwen/Qwen3-8B', false],
    ['qwen3-30b-a3b-2507', false],
    ['qwen2.5-coder:7b', false],
  ] as const) {
    it(`${name} ${isStrict ? 'takes' : 'is not known to take'} messages of the system at the beginning only`, () => {
      assert.equal(isSystemFirstName(name), isStrict);
    });
  }

  it('that are paths are shown by their file', () => {
    assert.equal(displayNameOfPath('/m/big-00001-of-00004.gguf'), 'big');
    assert.equal(displayNameOfPath('plain'), undefined);
  });

  it('print parameters as engines do', () => {
    assert.deepEqual([3_880_099_328, 22_565_376, 135e6, 70.6e9].map(parametersText), ['3.9B', '23M', '135M', '71B']);
  });
});

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseJson } from '../../../src/engines/json';
import { parseLlamaModels, parseLlamaProps } from '../../../src/engines/llamacpp';
import { parseLmStudioV0, parseLmStudioV1 } from '../../../src/engines/lmstudio';
import { parseOllamaVersion } from '../../../src/engines/ollama';
import { parseOllamaPs, parseOllamaShow, parseOllamaTags } from '../../../src/engines/ollama-models';
import { parseOpenaiModels } from '../../../src/engines/openai-compatible';
import { parseVllmModels, parseVllmVersion } from '../../../src/engines/vllm';

const parsers = [
  parseOllamaTags,
  parseOllamaPs,
  parseOllamaShow,
  parseOllamaVersion,
  parseVllmModels,
  parseVllmVersion,
  parseLmStudioV1,
  parseLmStudioV0,
  parseLlamaModels,
  parseLlamaProps,
  parseOpenaiModels,
];

const names = [
  ...[
    'data',
    'models',
    'id',
    'key',
    'name',
    'model',
    'object',
    'details',
    'meta',
    'status',
    'value',
    'args',
    'aliases',
  ],
  ...['capabilities', 'loaded_instances', 'config', 'quantization', 'type', 'state', 'model_info', 'parent', 'root'],
  ...['general.architecture', 'max_model_len', 'default_generation_settings', 'modalities', 'version', 'build_info'],
  ...['digest', 'expires_at', '__proto__', 'constructor'],
];

const leaf: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom(null, true, 0, -1, 1e300, '', 'list', '__proto__', [], {}),
  fc.string(),
);
const objectOver = (value: fc.Arbitrary<unknown>) => fc.dictionary(fc.constantFrom(...names), value, { maxKeys: 5 });
const arrayOver = (value: fc.Arbitrary<unknown>) => fc.array(value, { maxLength: 2 });
const inner = fc.oneof(leaf, objectOver(leaf), arrayOver(leaf));
const middle = fc.oneof(inner, objectOver(inner), arrayOver(objectOver(inner)));

/** Objects with the names the parsers look for, and anything at all as values. */
const plausible = objectOver(middle);

describe('parse functions', () => {
  it('never throw, whatever JSON comes', () => {
    fc.assert(
      fc.property(fc.oneof(leaf, arrayOver(middle), plausible), (value) => {
        for (const parse of parsers) parse(value);
      }),
      { numRuns: 500 },
    );
  });

  it('never see more than undefined of text that is no JSON, or of JSON nested a million deep', () => {
    for (const text of ['', '{', '['.repeat(1_000_000)]) assert.equal(parseJson(text), undefined);
  });
});

import fc from 'fast-check';
import { parseJson } from '../../../src/engines/json';
import { parseLlamaModels, parseLlamaProps } from '../../../src/engines/llamacpp';
import { parseLmStudioV0, parseLmStudioV1 } from '../../../src/engines/lmstudio';
import { parseOllamaVersion } from '../../../src/engines/ollama';
import { parseOllamaPs, parseOllamaShow, parseOllamaTags } from '../../../src/engines/ollama-models';
import { parseOpenaiModels } from '../../../src/engines/openai-compatible';
import { parseVllmModels, parseVllmVersion } from '../../../src/engines/vllm';

const parsers = {
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
};

/** Objects with the names the parsers look for, and anything at all as values. */
const plausible = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.jsonValue(),
    tie('object'),
    fc.array(tie('object'), { maxLength: 3 }),
  ),
  object: fc.dictionary(
    fc.constantFrom(
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
      'capabilities',
      'aliases',
      'loaded_instances',
      'config',
      'quantization',
      'type',
      'state',
      'model_info',
      'general.architecture',
      'parent',
      'root',
      'max_model_len',
      'default_generation_settings',
      'modalities',
      'version',
      'build_info',
      'digest',
      'expires_at',
      '__proto__',
    ),
    tie('value'),
  ),
}));

describe('parse functions', () => {
  for (const [name, parse] of Object.entries(parsers)) {
    it(`${name} never throws, whatever JSON comes`, () => {
      fc.assert(
        fc.property(fc.oneof(fc.jsonValue(), plausible.object), (value) => {
          parse(value);
        }),
        { numRuns: 200 },
      );
    });
  }

  it('survive text that is no JSON, and JSON nested a million deep', () => {
    for (const text of ['', '{', 'null', '['.repeat(1_000_000)]) parseJson(text);
  });
});

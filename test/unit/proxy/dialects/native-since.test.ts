import assert from 'node:assert/strict';
import { isNativeSince } from '../../../../src/proxy/dialects/native-since';
import { entryOf } from './dialect-support';

const since = { ollama: '0.14.0', llamacpp: 'b8000', lmstudio: 'any' } as const;

describe('isNativeSince', () => {
  for (const [kind, version, expected] of [
    ['ollama', '0.14.0', true],
    ['ollama', '0.14.0-rc1', true],
    ['ollama', '1.0.0', true],
    ['ollama', '0.13.9', false],
    ['ollama', undefined, false],
    ['ollama', 'dev', false],
    ['llamacpp', 'b8000-abc', true],
    ['llamacpp', 'b12345', true],
    ['llamacpp', 'b7999-abc', false],
    ['llamacpp', 'unknown', false],
    ['lmstudio', undefined, true],
    ['vllm', '9.0.0', false],
    ['openai', '9.0.0', false],
  ] as const) {
    it(`is ${expected} for ${kind} ${String(version)}`, () => {
      assert.equal(isNativeSince(entryOf(kind, version), since), expected);
    });
  }
});

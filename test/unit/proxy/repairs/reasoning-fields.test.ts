import assert from 'node:assert/strict';
import { reasoningFields } from '../../../../src/proxy/repairs/reasoning-fields';
import { repairsFor } from '../../../../src/proxy/repairs/repair-table';
import { answer, chunk, streamOf, wholeOf } from './support';

describe('reasoning-fields', () => {
  it('adds reasoning_content to reasoning', () => {
    assert.deepEqual(streamOf(reasoningFields, [chunk({ content: '', reasoning: 'hm', x: 1 })]), [
      chunk({ content: '', reasoning: 'hm', x: 1, reasoning_content: 'hm' }),
    ]);
  });

  it('adds reasoning to reasoning_content, in whole answers too', () => {
    assert.deepEqual(
      wholeOf(reasoningFields, answer({ content: 'a', reasoning_content: 'hm' })),
      answer({ content: 'a', reasoning_content: 'hm', reasoning: 'hm' }),
    );
  });

  it('changes nothing where both are there, or neither', () => {
    for (const message of [{ content: '<think>a</think>b' }, { reasoning: 'a', reasoning_content: 'b' }]) {
      const given = answer(message);
      assert.equal(wholeOf(reasoningFields, given), given);
    }
  });

  for (const [version, isArmed] of [
    ['0.10.2', true],
    ['0.11.1', false],
    ['v0.15.9', false],
    ['0.16.0rc1', true],
    ['0.26.0', true],
    ['dev', true],
    [undefined, true],
  ] as const) {
    it(`is ${isArmed ? 'armed' : 'not armed'} for vLLM ${version ?? 'of unknown version'}`, () => {
      const names = repairsFor('vllm', version, '/v1/chat/completions', []).map(({ name }) => name);

      assert.equal(names.includes('reasoning-fields'), isArmed);
    });
  }
});

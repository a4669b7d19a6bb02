import assert from 'node:assert/strict';
import { nullMembers } from '../../../../src/proxy/repairs/null-members';
import { answer, chunk, streamOf, wholeOf } from './support';

describe('null-members', () => {
  it('strips nulls OpenAI’s schema does not know, and keeps those it does', () => {
    const given = {
      ...answer({ content: null, refusal: null, audio: null, tool_calls: [{ id: 'a', extra: null }] }, 'stop', {
        service_tier: null,
        usage: { prompt_tokens: 1, prompt_tokens_details: null },
      }),
    };

    assert.deepEqual(
      wholeOf(nullMembers, given),
      answer({ content: null, refusal: null, tool_calls: [{ id: 'a', extra: null }] }, 'stop', {
        usage: { prompt_tokens: 1 },
      }),
    );
  });

  it('strips them from chunks', () => {
    const given = { ...chunk({ content: 'a', function_call: null }), usage: null };

    assert.deepEqual(streamOf(nullMembers, [given]), [chunk({ content: 'a' })]);
  });

  it('leaves an answer without them as it is', () => {
    const given = answer({ content: 'a' });

    assert.equal(wholeOf(nullMembers, given), given);
  });
});

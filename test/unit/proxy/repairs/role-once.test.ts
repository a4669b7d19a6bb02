import assert from 'node:assert/strict';
import { roleOnce } from '../../../../src/proxy/repairs/role-once';
import { chunk, streamOf } from './support';

describe('role-once', () => {
  it('leaves the role in the first delta of each choice only', () => {
    const second = { ...chunk({}), choices: [{ index: 1, delta: { role: 'assistant', content: 'c' } }] };

    const events = streamOf(roleOnce, [
      chunk({ role: 'assistant', content: 'a' }),
      chunk({ role: 'assistant', content: 'b' }),
      second,
      chunk({ content: 'd' }),
    ]);

    assert.deepEqual(events, [
      chunk({ role: 'assistant', content: 'a' }),
      chunk({ content: 'b' }),
      second,
      chunk({ content: 'd' }),
    ]);
  });
});

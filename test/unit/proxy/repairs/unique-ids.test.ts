import assert from 'node:assert/strict';
import { uniqueIds } from '../../../../src/proxy/repairs/unique-ids';
import { answer, chunk, streamOf, wholeOf } from './support';

describe('unique-ids', () => {
  it('gives all chunks of an answer one id made of the request’s', () => {
    const events = streamOf(uniqueIds, [
      { ...chunk({ content: 'a' }), id: 'chatcmpl-17' },
      { ...chunk({}), id: 'chatcmpl-17' },
    ]);

    assert.deepEqual(
      events.map((event) => (event as { id: string }).id),
      ['chatcmpl-0123456789abcdefABCDEFGH', 'chatcmpl-0123456789abcdefABCDEFGH'],
    );
  });

  it('keeps the kind of id of a completion', () => {
    const whole = wholeOf(uniqueIds, { ...answer({}), id: 'cmpl-998' });

    assert.equal((whole as { id: string }).id, 'cmpl-0123456789abcdefABCDEFGH');
  });

  it('leaves ids alone that cannot collide', () => {
    const given = { ...answer({}), id: 'chatcmpl-8f3a1b' };

    assert.equal(wholeOf(uniqueIds, given), given);
  });
});

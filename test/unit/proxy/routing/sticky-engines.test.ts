import assert from 'node:assert/strict';
import type { Identity } from '../../../../src/core/request';
import { parseInferenceBody, type InferenceBody } from '../../../../src/proxy/inference-body';
import { conversationKey } from '../../../../src/proxy/routing/conversation-key';
import { StickyEngines } from '../../../../src/proxy/routing/sticky-engines';
import { FakeClock } from '../../../helpers/fake-clock';

const local: Identity = { type: 'local' };

function bodyOf(value: object): InferenceBody {
  const parsed = parseInferenceBody(Buffer.from(JSON.stringify(value)));
  assert.ok(parsed.ok);
  return parsed.body;
}

const keyOf = (value: object, identity: Identity = local) =>
  conversationKey(bodyOf({ model: 'm', ...value }), identity);
const system = { role: 'system', content: 'You are [brief], "exact" \\ and {calm}.' };
const user = (content: unknown) => ({ role: 'user', content });
const said = (content: string) => ({ role: 'assistant', content });

describe('the key of a conversation', () => {
  it('stays the same while the conversation grows', () => {
    const first = [system, user('a, b')];
    const turns = [first, [...first, said('c'), user('d')], [...first, said('c'), user('d'), said('e'), user('f')]];

    assert.equal(new Set(turns.map((messages) => keyOf({ messages }))).size, 1);
  });

  it('is another for another beginning, another system prompt, another model and another caller', () => {
    const keys = [
      keyOf({ messages: [system, user('a')] }),
      keyOf({ messages: [system, user('b')] }),
      keyOf({ messages: [{ ...system, content: 'x' }, user('a')] }),
      keyOf({ messages: [user('a')] }),
      keyOf({ model: 'n', messages: [system, user('a')] }),
      keyOf({ messages: [system, user('a')] }, { type: 'key', keyId: 'k', label: '' }),
    ];

    assert.equal(new Set(keys).size, keys.length);
  });

  it('is what the client calls it, where it does', () => {
    const a = keyOf({ prompt_cache_key: 'x', messages: [user('a')] });
    const b = keyOf({ prompt_cache_key: 'x', messages: [user('b')] });

    assert.equal(a, b);
  });

  it('reads the beginnings of other APIs', () => {
    assert.equal(
      keyOf({ system: 's', messages: [user('a')] }),
      keyOf({ system: 's', messages: [user('a'), said('b'), user('c')] }),
    );
    assert.equal(
      keyOf({ instructions: 'i', input: [user('a')] }),
      keyOf({ instructions: 'i', input: [user('a'), said('b')] }),
    );
    const prompt = 'x'.repeat(2000);
    assert.equal(keyOf({ prompt }), keyOf({ prompt: `${prompt}y` }));
  });

  it('is missing where nothing begins', () => {
    assert.equal(keyOf({ temperature: 0 }), undefined);
  });

  it('takes odd messages without harm', () => {
    for (const messages of [[], [1, 'a,]'], [[user('a')]], {}, 'text', null, [{ role: 'system' }]]) {
      assert.equal(typeof keyOf({ messages }), 'string');
    }
  });
});

describe('sticky engines', () => {
  it('remember where a conversation was, for half an hour after its last turn', () => {
    const clock = new FakeClock();
    const sticky = new StickyEngines(clock);
    sticky.remember('c', 'a');
    clock.advance(29 * 60_000);
    assert.equal(sticky.engineOf('c'), 'a');
    sticky.remember('c', 'b');
    clock.advance(29 * 60_000);
    assert.equal(sticky.engineOf('c'), 'b');

    clock.advance(60_000);

    assert.equal(sticky.engineOf('c'), undefined);
    assert.equal(sticky.size, 0);
  });

  it('forget the conversation used longest ago when there are too many', () => {
    const sticky = new StickyEngines(new FakeClock());
    sticky.remember('first', 'a');
    sticky.remember('second', 'a');
    for (let i = 0; i < 4094; i++) sticky.remember(`c${i}`, 'b');
    sticky.remember('first', 'a');

    sticky.remember('one more', 'b');

    assert.equal(sticky.size, 4096);
    assert.equal(sticky.engineOf('first'), 'a');
    assert.equal(sticky.engineOf('second'), undefined);
  });
});

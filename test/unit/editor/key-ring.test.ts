import assert from 'node:assert/strict';
import { EngineKeys, type SecretStore } from '../../../src/editor/engine-keys';
import { changedEngineKeys, engineKeyProblem, parseKeyRing } from '../../../src/editor/key-ring';

/** Keeps secrets in memory and tells of changes, as VS Code does. */
function memorySecrets(): SecretStore {
  const values = new Map<string, string>();
  const listeners = new Set<(event: { key: string }) => void>();
  return {
    get: (key) => Promise.resolve(values.get(key)),
    store: (key, value) => {
      values.set(key, value);
      for (const listener of listeners) listener({ key });
      return Promise.resolve();
    },
    onDidChange: (listener) => {
      listeners.add(listener);
      return { dispose: () => void listeners.delete(listener) };
    },
  };
}

describe('keys of engines', () => {
  it('are kept by address', async () => {
    const keys = new EngineKeys(memorySecrets());

    await keys.set('http://a', 'one');
    await keys.set('http://b', 'two');

    assert.deepEqual(await keys.all(), { 'http://a': 'one', 'http://b': 'two' });
  });

  it('are forgotten one by one', async () => {
    const keys = new EngineKeys(memorySecrets());
    await keys.set('http://a', 'one');
    await keys.set('http://b', 'two');

    await keys.set('http://a', undefined);

    assert.deepEqual(await keys.all(), { 'http://b': 'two' });
  });

  it('tell when another window changes them', async () => {
    const secrets = memorySecrets();
    let changes = 0;
    new EngineKeys(secrets).onDidChange(() => (changes += 1));

    await secrets.store('flm.engineKeys', '{}');
    await secrets.store('something.else', '{}');

    assert.equal(changes, 1);
  });

  for (const damaged of [undefined, '', 'null', '[]', '{"a":1}', '{broken', '"text"']) {
    it(`count as none when stored as ${String(damaged)}`, () => {
      assert.deepEqual(parseKeyRing(damaged), {});
    });
  }

  it('differ by address: new, changed and gone', () => {
    const changes = changedEngineKeys({ a: '1', b: '2', c: '3' }, { b: '2', c: '4', d: '5' });

    assert.deepEqual(changes, [
      ['a', undefined],
      ['c', '4'],
      ['d', '5'],
    ]);
  });

  it('must be sendable as a bearer token', () => {
    assert.equal(engineKeyProblem(' sk-abc123_~+/= '), undefined);
    assert.equal(engineKeyProblem('  '), 'empty');
    assert.equal(engineKeyProblem('two words'), 'characters');
    assert.equal(engineKeyProblem('a\r\nX-Evil: 1'), 'characters');
    assert.equal(engineKeyProblem('キー'), 'characters');
    assert.equal(engineKeyProblem('x'.repeat(5000)), 'length');
  });
});

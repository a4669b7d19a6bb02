import assert from 'node:assert/strict';
import fc from 'fast-check';
import { formatKey, generateKey, hashSecret, parseKey } from '../../../../src/security/api-keys/key-format';

describe('API key format', () => {
  it('reads back every key it makes', () => {
    for (let round = 0; round < 200; round++) {
      const parts = generateKey();
      assert.deepEqual(parseKey(formatKey(parts)), parts);
    }
  });

  it('makes keys of 60 characters with 256 bits that do not repeat', () => {
    const keys = Array.from({ length: 500 }, () => formatKey(generateKey()));

    assert.equal(new Set(keys).size, keys.length);
    for (const key of keys) assert.match(key, /^flm-[0-9a-z]{12}-[\w-]{43}$/);
  });

  it('reads back any id and any 32 bytes, and nothing else', () => {
    const id = fc.stringMatching(/^[0-9a-z]{12}$/);
    const secret = fc
      .uint8Array({ minLength: 32, maxLength: 32 })
      .map((bytes) => Buffer.from(bytes).toString('base64url'));
    fc.assert(
      fc.property(id, secret, fc.string(), (anId, aSecret, other) => {
        assert.deepEqual(parseKey(formatKey({ id: anId, secret: aSecret })), { id: anId, secret: aSecret });
        const parsed = parseKey(other);
        assert.ok(parsed === undefined || formatKey(parsed) === other);
      }),
    );
  });

  it('refuses a key with one character more, less or of another kind', () => {
    const key = formatKey(generateKey());
    for (const wrong of [
      `${key}a`,
      key.slice(0, -1),
      ` ${key}`,
      `${key}\n`,
      key.toUpperCase(),
      key.replace('flm-', 'sk-'),
    ]) {
      assert.equal(parseKey(wrong), undefined, wrong);
    }
  });

  it('refuses other spellings of the same bytes', () => {
    const key = `flm-abcdefghijkl-${Buffer.alloc(32).toString('base64url')}`;

    assert.ok(parseKey(key));
    assert.equal(parseKey(`${key.slice(0, -1)}B`), undefined);
  });

  it('hashes with SHA-256', () => {
    assert.equal(hashSecret('abc'), 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  });
});

import assert from 'node:assert/strict';
import { readCredentials } from '../../../../src/security/api-keys/credentials';

const raw = (...rawHeaders: string[]) => readCredentials({ headers: {}, rawHeaders });

describe('credentials of a request', () => {
  it('finds a bearer key, whatever the case of scheme and header', () => {
    assert.deepEqual(raw('AUTHORIZATION', 'bearer  abc'), { kind: 'key', text: 'abc' });
  });

  it('finds x-api-key and api-key', () => {
    assert.deepEqual(raw('X-Api-Key', 'abc'), { kind: 'key', text: 'abc' });
    assert.deepEqual(raw('api-key', 'abc'), { kind: 'key', text: 'abc' });
  });

  it('takes the same key in two headers as one', () => {
    assert.deepEqual(raw('Authorization', 'Bearer abc', 'x-api-key', 'abc'), { kind: 'key', text: 'abc' });
  });

  it('calls two different keys a conflict, also in one header sent twice', () => {
    assert.equal(raw('Authorization', 'Bearer abc', 'x-api-key', 'def').kind, 'conflict');
    assert.equal(raw('Authorization', 'Bearer abc', 'Authorization', 'Bearer def').kind, 'conflict');
  });

  it('calls an empty key and a placeholder no key', () => {
    for (const value of ['Bearer', 'Bearer ', 'Bearer ollama', 'Bearer EMPTY', 'Bearer lm-studio', '']) {
      assert.deepEqual(raw('Authorization', value), { kind: 'none' }, value);
    }
  });

  it('prefers a real key to a placeholder beside it', () => {
    assert.deepEqual(raw('Authorization', 'Bearer ollama', 'x-api-key', 'abc'), { kind: 'key', text: 'abc' });
  });

  it('tells another scheme', () => {
    assert.equal(raw('Authorization', 'Basic dXNlcjpwYXNz').kind, 'other-scheme');
  });

  it('reads joined headers where there are no raw ones', () => {
    assert.deepEqual(readCredentials({ headers: { 'x-api-key': ['abc'] }, rawHeaders: [] }), {
      kind: 'key',
      text: 'abc',
    });
  });
});

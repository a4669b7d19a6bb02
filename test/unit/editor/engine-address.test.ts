import assert from 'node:assert/strict';
import { isSameAddress, parseEngineAddress } from '../../../src/editor/engine-address';

describe('an engine address as typed', () => {
  for (const [input, url] of [
    ['http://127.0.0.1:8000', 'http://127.0.0.1:8000'],
    ['  localhost:8000/  ', 'http://localhost:8000'],
    [':8080', 'http://127.0.0.1:8080'],
    ['gpu-box:8000/v1', 'http://gpu-box:8000'],
    ['https://host/prefix/v1/', 'https://host/prefix'],
    ['http://[::1]:8000/', 'http://[::1]:8000'],
    ['HTTP://GPU-Box:80', 'http://gpu-box'],
  ] as const) {
    it(`reads "${input}" as ${url}`, () => {
      assert.deepEqual(parseEngineAddress(input), { ok: true, url });
    });
  }

  for (const [input, problem] of [
    ['', 'empty'],
    ['   ', 'empty'],
    ['http://', 'invalid'],
    ['two words', 'invalid'],
    ['host:99999', 'invalid'],
    ['ftp://host', 'scheme'],
    ['file:///etc/passwd', 'invalid'],
    ['javascript://x', 'scheme'],
    ['http://user:secret@host', 'credentials'],
    ['http://host/?key=x', 'query'],
    ['http://host/#x', 'query'],
  ] as const) {
    it(`refuses "${input}": ${problem}`, () => {
      assert.deepEqual(parseEngineAddress(input), { ok: false, problem });
    });
  }

  it('is the same with and without /v1, scheme and slash', () => {
    assert.ok(isSameAddress('localhost:8000/v1/', 'http://localhost:8000'));
    assert.ok(!isSameAddress('localhost:8000', 'localhost:8001'));
    assert.ok(!isSameAddress('', ''));
  });
});

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { literalBaseUrls, normalizeBaseUrl } from '../../../src/engines/base-url';

/** What addresses are made of, in any order. */
const piece = fc.oneof(
  fc.constantFrom(
    'http://',
    'https://',
    'HOST',
    'localhost',
    '[::]',
    '0.0.0.0',
    ':',
    '8080',
    '/',
    '/v1',
    '/api',
    '?q',
    '#x',
    '@',
    '%',
  ),
  fc.string({ maxLength: 3 }),
);

describe('addresses of engines', () => {
  const table: readonly (readonly [text: string, expected: string | undefined])[] = [
    ['localhost:8080', 'http://localhost:8080'],
    ['http://127.0.0.1:11434/', 'http://127.0.0.1:11434'],
    ['http://127.0.0.1:8000/v1', 'http://127.0.0.1:8000'],
    ['http://127.0.0.1:8000/v1/models', 'http://127.0.0.1:8000'],
    ['https://gpu.example/prefix/v1/', 'https://gpu.example/prefix'],
    ['http://h:1/v1/v1//', 'http://h:1'],
    ['http://h:1/api/api/tags', 'http://h:1'],
    ['HTTP://GPU-Box:80/', 'http://gpu-box'],
    ['0.0.0.0:8000', 'http://127.0.0.1:8000'],
    ['http://[::]:8000', 'http://[::1]:8000'],
    ['http://h:1/?q=1#x', 'http://h:1'],
    ['ftp://h', undefined],
    ['http://user:secret@h', undefined],
    ['http://h:99999', undefined],
    ['two words', undefined],
    ['', undefined],
  ];
  for (const [text, expected] of table) {
    it(`${JSON.stringify(text)} becomes ${expected ?? 'nothing'}`, () => {
      assert.equal(normalizeBaseUrl(text), expected);
    });
  }

  it('are normal after one step', () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const url = pieces.join('');
        const once = normalizeBaseUrl(url);
        return once === undefined || normalizeBaseUrl(once) === once;
      }),
    );
  });

  it('stand for both loopback literals when they say localhost', () => {
    assert.deepEqual(literalBaseUrls('http://localhost:8080/x'), ['http://127.0.0.1:8080/x', 'http://[::1]:8080/x']);
  });

  it('keep the name localhost with https, which certificates are issued for', () => {
    assert.deepEqual(literalBaseUrls('https://localhost:8443'), ['https://localhost:8443']);
  });
});

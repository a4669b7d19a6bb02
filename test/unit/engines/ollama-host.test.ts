import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseOllamaHost } from '../../../src/engines/ollama-host';

describe('OLLAMA_HOST', () => {
  const table: readonly (readonly [value: string | undefined, expected: string | undefined])[] = [
    [undefined, undefined],
    ['', undefined],
    ['  ', undefined],
    ['0.0.0.0', 'http://127.0.0.1:11434'],
    ['1.2.3.4', 'http://1.2.3.4:11434'],
    ['myhost', 'http://myhost:11434'],
    ['host:9000', 'http://host:9000'],
    [':9000', 'http://127.0.0.1:9000'],
    ['::1', 'http://[::1]:11434'],
    ['[::1]', 'http://[::1]:11434'],
    ['[::]:9000', 'http://[::1]:9000'],
    ['::', 'http://[::1]:11434'],
    ['http://h', 'http://h:80'],
    ['https://h', 'https://h:443'],
    ['http://h:9000/prefix', 'http://h:9000/prefix'],
    ['http://h:9000/', 'http://h:9000'],
    ['ollama.com', 'https://ollama.com:443'],
    ['h:notaport', 'http://h:11434'],
    ['h:70000', 'http://h:11434'],
    ['https://h:70000', 'https://h:443'],
    ['h:0', 'http://h:11434'],
    [' "0.0.0.0:8000" ', 'http://127.0.0.1:8000'],
    ["'h'", 'http://h:11434'],
    ['ftp://h', undefined],
  ];
  for (const [value, expected] of table) {
    it(`${JSON.stringify(value)} means ${expected ?? 'nothing'}`, () => {
      assert.equal(parseOllamaHost(value), expected);
    });
  }

  it('is an address that can be connected to, or nothing, for any text', () => {
    fc.assert(
      fc.property(fc.string(), (value) => {
        const base = parseOllamaHost(value);
        return base === undefined || URL.canParse(base);
      }),
    );
  });
});

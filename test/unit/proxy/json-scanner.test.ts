import assert from 'node:assert/strict';
import fc from 'fast-check';
import { JsonSyntaxError, maxJsonDepth, scanJsonObject } from '../../../src/proxy/json-scanner';
import { anyCharacter, anyText } from '../../helpers/any-text';

const runs = { numRuns: 300 };

/** JSON text with white space and escapes that `JSON.stringify` would not choose. */
const jsonText = fc
  .tuple(fc.jsonValue({ maxDepth: 5, stringUnit: anyCharacter }), fc.constantFrom(undefined, 1, '\t', ' \r\n'))
  .map(([value, indent]) => JSON.stringify(value, null, indent));

function accepts(bytes: Buffer): boolean {
  try {
    scanJsonObject(bytes);
    return true;
  } catch (error) {
    assert.ok(error instanceof JsonSyntaxError);
    return false;
  }
}

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

describe('scanJsonObject', () => {
  it('accepts every JSON text', () => {
    fc.assert(
      fc.property(jsonText, (text) => accepts(Buffer.from(text))),
      runs,
    );
  });

  it('agrees with JSON.parse on texts with one byte changed, removed or added', () => {
    const edit = fc.record({
      at: fc.nat(),
      byte: fc.constantFrom(...Array.from('{}[]",:\\u0123eE+-. \n\ttrufalsn\u0001')),
      kind: fc.nat(2),
    });
    fc.assert(
      fc.property(jsonText, edit, (text, { at, byte, kind }) => {
        const i = at % (text.length + 1);
        const changed = text.slice(0, i) + (kind === 0 ? '' : byte) + text.slice(kind === 2 ? i : i + 1);
        const wellFormed = Buffer.from(changed).toString();
        assert.equal(accepts(Buffer.from(wellFormed)), parses(wellFormed), wellFormed);
      }),
      { numRuns: 1500 },
    );
  });

  it('agrees with JSON.parse on strings of JSON characters', () => {
    const soup = fc.string({
      unit: fc.constantFrom(...Array.from('{}[]",:\\u0019aeE+-. \n'), 'true', 'null', '""'),
      maxLength: 12,
    });
    fc.assert(
      fc.property(soup, (text) => {
        assert.equal(accepts(Buffer.from(text)), parses(text), text);
      }),
      { numRuns: 3000 },
    );
  });

  it('finds the members of the top-level object and where their values stand', () => {
    fc.assert(
      fc.property(fc.dictionary(anyText(), fc.jsonValue()), fc.constantFrom(0, 2), (object, indent) => {
        const text = JSON.stringify(object, null, indent);
        const bytes = Buffer.from(text);

        const members = scanJsonObject(bytes) ?? [];

        const read = members.map(({ key, value }): [unknown, unknown] => [
          JSON.parse(bytes.toString('utf8', key.start, key.end)),
          JSON.parse(bytes.toString('utf8', value.start, value.end)),
        ]);
        const expected = Object.entries(JSON.parse(text) as object);
        assert.deepEqual(read, expected);
      }),
      runs,
    );
  });

  it('tells an object from other values', () => {
    assert.equal(scanJsonObject(Buffer.from('[1]')), undefined);
    assert.deepEqual(scanJsonObject(Buffer.from(' {} ')), []);
  });

  it('refuses bytes that are not UTF-8', () => {
    assert.throws(() => scanJsonObject(Buffer.from([0x22, 0xff, 0x22])), JsonSyntaxError);
  });

  it('refuses a byte order mark, as JSON.parse does', () => {
    assert.throws(() => scanJsonObject(Buffer.from('\ufeff{}')), JsonSyntaxError);
  });

  it('takes nesting up to the limit and refuses more', () => {
    const nested = (depth: number): Buffer => Buffer.from('{"a":'.repeat(depth - 1) + '[]' + '}'.repeat(depth - 1));

    assert.ok(scanJsonObject(nested(maxJsonDepth)));
    assert.throws(() => scanJsonObject(nested(maxJsonDepth + 1)), /nested too deeply/);
    assert.throws(() => scanJsonObject(Buffer.from('['.repeat(1_000_000))), /nested too deeply/);
  });

  it('says where the text breaks', () => {
    assert.throws(() => scanJsonObject(Buffer.from('{"a":1,}')), /unexpected character at byte 7/);
    assert.throws(() => scanJsonObject(Buffer.from('{"a":')), /unexpected end at byte 5/);
  });
});

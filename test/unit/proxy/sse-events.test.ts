import assert from 'node:assert/strict';
import { createParser } from 'eventsource-parser';
import fc from 'fast-check';
import { maxEventBytes, SseEvents } from '../../../src/proxy/sse-events';

/** Cuts bytes at the given places (modulo the length). */
export function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const ends = [...new Set(places.map((place) => place % (bytes.length + 1)))].sort((a, b) => a - b);
  let start = 0;
  return [...ends, bytes.length].map((end) => {
    const part = bytes.subarray(start, end);
    start = end;
    return part;
  });
}

function read(chunks: readonly Buffer[]) {
  const data: string[] = [];
  const events = new SseEvents(
    (each) => data.push(each),
    () => undefined,
  );
  for (const chunk of chunks) events.push(chunk);
  return { data, events };
}

const lineEnd = fc.constantFrom('\n', '\r\n', '\r');
const word = fc.string({ unit: 'grapheme', maxLength: 8 }).map((text) => text.replace(/[\r\n\0\ufeff]/g, ''));
const line = fc.oneof(
  word.map((text) => `data: ${text}`),
  word.map((text) => `data:${text}`),
  word.map((text) => `:${text}`),
  fc.constantFrom('data', 'event: error', 'id: 7', 'retry: 5', ''),
);
const stream = fc
  .tuple(fc.boolean(), fc.array(fc.tuple(line, lineEnd), { maxLength: 20 }))
  .map(([hasBom, lines]) => `${hasBom ? '\ufeff' : ''}${lines.map(([text, end]) => text + end).join('')}`);

describe('SseEvents', () => {
  it('reads what eventsource-parser reads, however the bytes are cut', () => {
    fc.assert(
      fc.property(stream, fc.array(fc.nat()), (text, places) => {
        const expected: string[] = [];
        const parser = createParser({ onEvent: ({ data }) => void expected.push(data) });
        const plain = text.replace(/^\ufeff/, '').replace(/\r\n?/g, '\n');
        parser.feed(plain);

        const { data } = read(cut(Buffer.from(text), places));

        assert.deepEqual(
          data,
          expected.filter((each) => each !== ''),
        );
      }),
      { numRuns: 2000 },
    );
  });

  it('reads events one byte at a time, characters of several bytes included', () => {
    const bytes = Buffer.from('data: {"a":"日本😀"}\r\n\r\ndata: [DONE]\n\n');

    const { data } = read([...bytes].map((byte) => Buffer.from([byte])));

    assert.deepEqual(data, ['{"a":"日本😀"}', '[DONE]']);
  });

  it('joins several data lines', () => {
    assert.deepEqual(read([Buffer.from('data: a\ndata: b\n\n')]).data, ['a\nb']);
  });

  it('takes an event without its last blank line at the end', () => {
    const { data, events } = read([Buffer.from('data: a')]);

    events.end();

    assert.deepEqual(data, ['a']);
  });

  it('passes over an event above the limit, in one chunk or many, and reads the next', () => {
    const huge = Buffer.from(`data: ${'x'.repeat(maxEventBytes)}\n\ndata: next\n\n`);

    assert.deepEqual(read([huge]).data, ['next']);
    assert.deepEqual(
      read(
        cut(
          huge,
          Array.from({ length: 200 }, (_, i) => i * 7919),
        ),
      ).data,
      ['next'],
    );
  });

  it('reads an event of half the limit whole', () => {
    const text = 'x'.repeat(maxEventBytes / 2);

    assert.deepEqual(read(cut(Buffer.from(`data: ${text}\n\n`), [5, 70_000, 300_000])).data, [text]);
  });

  it('leaves out an event too long in one piece, too', () => {
    const { data } = read([Buffer.from(`data: ${'x'.repeat(maxEventBytes + 1)}\n\ndata: next\n\n`)]);

    assert.deepEqual(data, ['next']);
  });
});

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { NativeStream } from '../../../src/proxy/native-stream';
import { mayTellError } from '../../../src/proxy/redacted-event';

const sse = 'text/event-stream';
const lines = 'application/x-ndjson';

/** What comes out when `bytes` go in, cut at these places. */
function told(type: typeof sse | typeof lines, bytes: Buffer, cuts: readonly number[] = []): string {
  const stream = new NativeStream(type);
  const out: Buffer[] = [];
  let from = 0;
  for (const at of [...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].sort((a, b) => a - b)) {
    out.push(stream.push(bytes.subarray(from, at)) ?? Buffer.alloc(0));
    from = at;
  }
  out.push(stream.end() ?? Buffer.alloc(0));
  return Buffer.concat(out).toString('latin1');
}

const everyByte = (bytes: Buffer): number[] => Array.from({ length: bytes.length }, (_, at) => at);
const cuts = fc.array(fc.nat(100_000), { maxLength: 12 });

const secret = '/usr/share/ollama/.ollama/models/blobs/sha256-1 at http://127.0.0.1:41234/completion';
const leaks = /share|127\.0|41234|sha256/;
const words = [
  { choices: [{ index: 0, delta: { content: 'é😀 error' } }] },
  { error: { message: `open ${secret}`, code: 500 } },
  { type: 'error', message: secret },
  { error: secret },
];
const asSse = words.map((word) => `event: x\ndata: ${JSON.stringify(word)}\n\n: ping\n\n`).join('');
const asLines = words.map((word) => `${JSON.stringify(word)}\n`).join('');

describe('A native stream', () => {
  for (const lineEnd of ['\n', '\r\n', '\r']) {
    it(`gives nothing away, however an error is cut (${JSON.stringify(lineEnd)})`, () => {
      const bytes = Buffer.from(asSse.replaceAll('\n', lineEnd));
      const whole = told(sse, bytes);
      assert.doesNotMatch(whole, leaks);

      fc.assert(
        fc.property(cuts, (places) => assert.equal(told(sse, bytes, places), whole)),
        { numRuns: 200 },
      );
      assert.equal(told(sse, bytes, everyByte(bytes)), whole);
    });
  }

  it('of lines gives nothing away, however an error is cut', () => {
    const bytes = Buffer.from(asLines);
    const whole = told(lines, bytes);
    assert.doesNotMatch(whole, leaks);

    fc.assert(
      fc.property(cuts, (places) => assert.equal(told(lines, bytes, places), whole)),
      { numRuns: 200 },
    );
    assert.equal(told(lines, bytes, everyByte(bytes)), whole);
  });

  it('gives nothing away of an error it never sees the end of', () => {
    const bytes = Buffer.from(`data: ${JSON.stringify({ error: secret })}`);
    fc.assert(
      fc.property(fc.nat(bytes.length), cuts, (length, places) => {
        assert.doesNotMatch(told(sse, bytes.subarray(0, length), places), leaks);
        assert.doesNotMatch(told(lines, bytes.subarray(6, length), places), leaks);
      }),
    );
  });

  const parts = ['\n', '\r', '\r\n', '\n\n', 'data: {}', 'data:', ': c', 'id: 1', '\ufeff', '{"a":1}'];
  /** No file, address, key or stack can be written with these. */
  const harmless = fc.string({
    unit: fc.constantFrom('a', 'd', 'e', 'o', '0', '1', '"', '{', '}', ',', ':', ' '),
    maxLength: 10,
  });

  it('without errors passes byte for byte, whatever its bytes', () => {
    const pieces = fc.array(fc.oneof(fc.constantFrom(...parts), fc.string({ maxLength: 10 })), { maxLength: 20 });
    fc.assert(
      fc.property(pieces, cuts, (texts, places) => {
        const bytes = Buffer.from(`${texts.join('')}\n\n`);
        fc.pre(!mayTellError(bytes));
        assert.equal(told(sse, bytes, places), bytes.toString('latin1'));
        assert.equal(told(lines, bytes, places), bytes.toString('latin1'));
      }),
      { numRuns: 1000 },
    );
  });

  it('with errors that give nothing away passes byte for byte', () => {
    const pieces = fc.array(fc.oneof(fc.constantFrom('error', ...parts), harmless), { maxLength: 20 });
    fc.assert(
      fc.property(pieces, cuts, (texts, places) => {
        const bytes = Buffer.from(`${texts.join('')}\n\n`);
        assert.equal(told(sse, bytes, places), bytes.toString('latin1'));
        assert.equal(told(lines, bytes, places), bytes.toString('latin1'));
      }),
      { numRuns: 1000 },
    );
  });

  it('takes what looks like a file beside the word error for one of the engine’s machine', () => {
    assert.equal(told(sse, Buffer.from('error /0/+\n\n')), 'error (file)\n\n');
    assert.equal(told(sse, Buffer.from('terror /0/+\n\n')), 'terror (file)\n\n');
    assert.equal(told(sse, Buffer.from('term /0/+\n\n')), 'term /0/+\n\n');
  });

  it('holds back no event that is complete', () => {
    const stream = new NativeStream(sse);
    const event = Buffer.from('data: {"a":1}\n\n');

    assert.equal(stream.push(event), event);
    assert.equal(stream.push(Buffer.concat([event, event.subarray(0, 5)]))?.toString(), event.toString());
    assert.equal(stream.push(event.subarray(5))?.toString(), event.toString());
  });

  it('knows what must be written after its end to begin a new event', () => {
    for (const [text, position, type] of [
      ['data: {}\n\n', 'event-start', sse],
      ['data: {}\n', 'line-start', sse],
      ['data: {}', 'mid-line', sse],
      ['data: {', 'event-start', sse], // left out: it cannot be read
      ['{}\n', 'event-start', lines],
      ['{}', 'mid-line', lines],
      ['{', 'event-start', lines],
    ] as const) {
      const stream = new NativeStream(type);
      stream.push(Buffer.from(text));
      stream.end();

      assert.equal(stream.position, position, text);
    }
  });

  for (const type of [sse, lines] as const) {
    const mark = type === sse ? 'data: ' : '';
    const end = type === sse ? '\n\n' : '\n';
    const long = 'x'.repeat(1_100_000);

    it(`passes an event above 1 MiB as it comes (${type})`, () => {
      const bytes = Buffer.from(`${mark}{"a":"${long} error"}${end}${mark}{"b":1}${end}`);

      assert.equal(told(type, bytes, [5, 1_060_000]), bytes.toString('latin1'));
    });

    it(`stops at an error above 1 MiB, without a word of it (${type})`, () => {
      const bytes = Buffer.from(`${mark}{"a":1}${end}${mark}{"error":"${secret} ${long}"}${end}${mark}{"b":1}${end}`);
      for (const places of [[], [900_000], [20, 1_090_000]]) {
        const stream = new NativeStream(type);
        let out = '';
        for (const part of [bytes.subarray(0, places[0]), ...(places.length > 0 ? [bytes.subarray(places[0])] : [])]) {
          out += stream.push(part)?.toString() ?? '';
        }

        assert.equal(out, `${mark}{"a":1}${end}`);
        assert.equal(stream.hasOverlongError, true);
      }
    });
  }
});

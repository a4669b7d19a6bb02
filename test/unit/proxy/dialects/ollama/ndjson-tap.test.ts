import assert from 'node:assert/strict';
import fc from 'fast-check';
import { NdjsonTap } from '../../../../../src/proxy/dialects/ollama/ndjson-tap';

const line = (value: unknown): string => `${JSON.stringify(value)}\n`;
const piece = (content: string, more: object = {}): string =>
  line({ message: { role: 'assistant', content, ...more }, done: false });
const last = line({
  message: { role: 'assistant', content: '' },
  done: true,
  done_reason: 'stop',
  prompt_eval_count: 7,
  eval_count: 3,
});

function tapOf(...chunks: readonly string[]): NdjsonTap {
  const tap = new NdjsonTap();
  for (const chunk of chunks) tap.push(Buffer.from(chunk));
  tap.end();
  return tap;
}

describe('NdjsonTap', () => {
  it('sees the same whatever the chunks', () => {
    const bytes = Buffer.from(piece('é😀') + piece('', { thinking: 'hm' }) + piece('', { tool_calls: [{}] }) + last);
    fc.assert(
      fc.property(fc.array(fc.nat({ max: bytes.length })), (places) => {
        const tap = new NdjsonTap();
        let start = 0;
        for (const end of [...places.sort((a, b) => a - b), bytes.length]) {
          tap.push(bytes.subarray(start, end));
          start = end;
        }
        tap.end();

        assert.deepEqual(
          [tap.isDone, tap.hasFinished, tap.hasError, tap.contentEvents, tap.usage],
          [true, true, false, 3, { tokensIn: 7, tokensOut: 3 }],
        );
      }),
    );
  });

  it('counts the pieces of a generate answer', () => {
    assert.equal(tapOf(line({ response: 'a', done: false }), line({ response: '', done: false })).contentEvents, 1);
  });

  it('knows that a stream without its last line is not whole', () => {
    const tap = tapOf(piece('a'));

    assert.deepEqual([tap.isDone, tap.hasFinished, tap.hasError], [false, false, false]);
  });

  it('takes an error line for an error', () => {
    const tap = tapOf(piece('a'), line({ error: 'model runner has unexpectedly stopped' }));

    assert.deepEqual([tap.isDone, tap.hasError], [false, true]);
  });

  it('reads a last line without its line end', () => {
    assert.equal(tapOf(last.trimEnd()).isDone, true);
  });

  it('passes over what it cannot read: bad JSON, values, lines above 1 MiB', () => {
    const tap = tapOf('{bad\n', 'null\n', '3\n', `"${'x'.repeat(1024 * 1024)}"\n`, last);

    assert.deepEqual([tap.isDone, tap.contentEvents], [true, 0]);
  });
});

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { SseTap } from '../../../src/proxy/sse-tap';
import { brokenMessage } from '../../../src/proxy/stream-answer';

function tapOf(...chunks: (string | Buffer)[]): SseTap {
  const tap = new SseTap();
  for (const chunk of chunks) tap.push(Buffer.from(chunk));
  tap.end();
  return tap;
}

const event = (value: unknown) => `data: ${JSON.stringify(value)}\n\n`;
const delta = (value: object, finish: string | null = null) =>
  event({ choices: [{ index: 0, delta: value, finish_reason: finish }] });

describe('SseTap', () => {
  it('sees the same whatever the chunks', () => {
    const text =
      delta({ role: 'assistant', content: null }) +
      ': ping\n\n' +
      delta({ content: 'é😀\\u0041' }) +
      delta({ reasoning_content: 'hm' }) +
      delta({}, 'stop') +
      event({ choices: [], usage: { prompt_tokens: 7, completion_tokens: 2 } }) +
      'data: [DONE]\n\n';
    const bytes = Buffer.from(text);
    fc.assert(
      fc.property(fc.array(fc.nat({ max: bytes.length })), (places) => {
        const tap = new SseTap();
        let start = 0;
        for (const end of [...places.sort((a, b) => a - b), bytes.length]) {
          tap.push(bytes.subarray(start, end));
          start = end;
        }
        tap.end();

        assert.deepEqual(
          [tap.isDone, tap.hasFinished, tap.hasError, tap.contentEvents, tap.usage],
          [true, true, false, 2, { tokensIn: 7, tokensOut: 2 }],
        );
      }),
    );
  });

  it('counts texts, reasoning and tool calls, not roles and empty deltas', () => {
    const tap = tapOf(
      delta({ role: 'assistant', content: '' }),
      delta({ content: 'a' }),
      delta({ reasoning: 'b' }),
      delta({ tool_calls: [{ index: 0 }] }),
      event({ choices: [{ text: 'c' }] }),
      delta({}),
    );

    assert.equal(tap.contentEvents, 4);
  });

  it('takes the last usage and passes over placeholders of zeros', () => {
    const tap = tapOf(
      event({ choices: [], usage: { prompt_tokens: 3, completion_tokens: 1 } }),
      event({ choices: [], usage: { prompt_tokens: 3, completion_tokens: 9 } }),
      event({ choices: [], usage: { prompt_tokens: 0, completion_tokens: 0 } }),
      event({ choices: [], usage: null }),
    );

    assert.deepEqual(tap.usage, { tokensIn: 3, tokensOut: 9 });
  });

  for (const odd of [
    'data: {bad\n\n',
    'data:\n\n',
    'data: null\n\n',
    'data: 3\n\n',
    'data: {"choices":{}}\n\n',
    'data: {"choices":[null]}\n\n',
    'data: {"choices":[{"delta":null}]}\n\n',
  ]) {
    it(`passes over ${JSON.stringify(odd)}`, () => {
      assert.equal(tapOf(odd, delta({ content: 'a' })).contentEvents, 1);
    });
  }

  it('survives any bytes', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array()), (chunks) => {
        tapOf(...chunks.map((chunk) => Buffer.from(chunk)));
      }),
    );
  });
});

describe('brokenMessage', () => {
  it('calls a stream with [DONE], a finish reason or an error of the engine complete', () => {
    assert.equal(brokenMessage(tapOf('data: [DONE]\n\n'), 'E'), undefined);
    assert.equal(brokenMessage(tapOf('data: [DONE]'), 'E'), undefined);
    assert.equal(brokenMessage(tapOf(delta({}, 'length')), 'E'), undefined);
    assert.equal(brokenMessage(tapOf(event({ error: { message: 'x' } })), 'E'), undefined);
  });

  it('calls anything else broken', () => {
    assert.match(brokenMessage(tapOf(delta({ content: 'a' })), 'E') ?? '', /before it was complete/);
    assert.match(brokenMessage(tapOf(), 'E') ?? '', /before it was complete/);
  });

  it("tells llama-server's old error line", () => {
    const tap = tapOf(delta({ content: 'a' }), 'error: {"code":500,"message":"context shift is disabled"}\n\n');

    assert.match(brokenMessage(tap, 'E') ?? '', /context shift is disabled/);
  });
});

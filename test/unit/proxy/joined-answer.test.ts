import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Answer, AnswerContext } from '../../../src/proxy/answer';
import { JoinedAnswer } from '../../../src/proxy/joined-answer';

/** What the client gets: the joined answer, or why there is none. */
function joined(bytes: Buffer, cuts: readonly number[] = []): { answer?: unknown; failure?: string; aborted: boolean } {
  const told: { answer?: unknown; failure?: string; aborted: boolean } = { aborted: false };
  let ends = 0;
  const whole: Answer = {
    chunk: (part) => {
      told.answer = JSON.parse(part.toString());
    },
    end: () => ends++,
    failed: ({ code, message }) => {
      told.failure = `${code}: ${message}`;
      ends++;
    },
    shutdown: () => undefined,
  };
  const context = {
    exchange: { firstTokenMs: undefined, elapsedMs: 1 },
    engine: 'E',
    abort: () => {
      told.aborted = true;
    },
    sign: () => undefined,
  } as unknown as AnswerContext;
  const answer = new JoinedAnswer(context, whole);
  let from = 0;
  for (const at of [...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].sort((a, b) => a - b)) {
    answer.chunk(bytes.subarray(from, at));
    from = at;
  }
  answer.end();
  assert.equal(ends, 1);
  return told;
}

const piece = (content: string, finish: string | null = null): string =>
  `data: ${JSON.stringify({ object: 'chat.completion.chunk', choices: [{ index: 0, delta: { content }, finish_reason: finish }] })}\n\n`;
const done = 'data: [DONE]\n\n';
const before = piece('a');
const after = piece('b', 'stop') + done;

describe('A joined answer', () => {
  it('is the same however the stream is cut', () => {
    const bytes = Buffer.from(piece('é😀') + piece('b', 'stop') + done);
    const whole = joined(bytes);
    assert.equal(whole.failure, undefined);
    fc.assert(fc.property(fc.array(fc.nat(1000)), (cuts) => assert.deepEqual(joined(bytes, cuts), whole)));
  });

  for (const [what, bytes] of [
    ['broken JSON', Buffer.from('data: {"choices":[{\n\n')],
    ['text', Buffer.from('data: oops\n\n')],
    ['Latin-1', Buffer.from('data: {"a":"\xe9"}\n\n', 'latin1')],
  ] as const) {
    it(`fails at an event that cannot be read: ${what}`, () => {
      const told = joined(Buffer.concat([Buffer.from(before), bytes, Buffer.from(after)]));

      assert.equal(told.answer, undefined);
      assert.equal(told.aborted, true);
      assert.match(told.failure ?? '', /^engine_error: The engine E sent an event that is not valid JSON in UTF-8/);
    });
  }

  it('fails at an event above 1 MiB', () => {
    const told = joined(Buffer.from(before + piece('x'.repeat(1_100_000)) + after), [700_000]);

    assert.match(told.failure ?? '', /more than 1 MiB/);
  });

  it('loses nothing with signs of life, nor with what comes after its end', () => {
    const odd = ': ping\n\nevent: ping\ndata: now\n\ndata: null\n\nid: 1\n\nretry: 3\n\ndata:\n\n';

    assert.deepEqual(joined(Buffer.from(before + odd + after + 'data: {bad\n\n')), joined(Buffer.from(before + after)));
  });

  it('is whole without what the end of the stream cut off behind it', () => {
    assert.equal(joined(Buffer.from(`${before}${piece('b', 'stop')}data: {"usa`)).failure, undefined);
    assert.match(joined(Buffer.from(`${before}data: {"usa`)).failure ?? '', /before it was complete/);
  });

  it('is the error that the stream tells, in either form', () => {
    assert.deepEqual(joined(Buffer.from(`${before}data: {"error":{"message":"x"}}\n\n`)).answer, {
      error: { message: 'x' },
    });
    assert.deepEqual(joined(Buffer.from(`${before}error: {"message":"x"}\n\n`)).answer, { error: { message: 'x' } });
  });
});

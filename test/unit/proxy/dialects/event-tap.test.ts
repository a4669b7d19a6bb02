import fc from 'fast-check';
import assert from 'node:assert/strict';
import { anthropicStreams, anthropicUsage } from '../../../../src/proxy/dialects/anthropic/anthropic-streams';
import type { StreamFormat } from '../../../../src/proxy/dialects/dialect';
import { namedEvent } from '../../../../src/proxy/dialects/named-event';
import { responseStreams, responseUsage } from '../../../../src/proxy/dialects/responses/response-streams';

function seen(format: StreamFormat, text: string, cuts: readonly number[] = []) {
  const bytes = Buffer.from(text);
  const reader = format.tap();
  let from = 0;
  for (const at of [...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].sort((a, b) => a - b)) {
    reader.push(bytes.subarray(from, at));
    from = at;
  }
  reader.end();
  const { isDone, hasFinished, hasError, hiddenError, usage, contentEvents } = reader;
  return { isDone, hasFinished, hasError, hiddenError, usage, contentEvents };
}

const event = (type: string, more: object = {}): string => namedEvent(type, { type, ...more });

const message =
  event('message_start', { message: { usage: { input_tokens: 3, cache_read_input_tokens: 6, output_tokens: 0 } } }) +
  event('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }) +
  event('content_block_delta', { index: 0, delta: { type: 'text_delta', text: 'Grüß 😀' } }) +
  event('content_block_stop', { index: 0 }) +
  event('message_delta', { delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 4 } });

const response =
  event('response.created', { response: {} }) + event('response.output_text.delta', { delta: 'Grüß 😀' });
const completed = event('response.completed', { response: { usage: { input_tokens: 9, output_tokens: 4 } } });

describe('Reading along with a native stream', () => {
  for (const [what, format, whole] of [
    ['messages', anthropicStreams, message + event('message_stop')],
    ['a response', responseStreams, response + completed],
  ] as const) {
    it(`of ${what} counts tokens and sees its end, however it is cut`, () => {
      fc.assert(
        fc.property(fc.array(fc.nat(2000), { maxLength: 20 }), (cuts) => {
          assert.deepEqual(seen(format, whole, cuts), {
            isDone: true,
            hasFinished: true,
            hasError: false,
            hiddenError: undefined,
            usage: { tokensIn: 9, tokensOut: 4 },
            contentEvents: 1,
          });
        }),
      );
    });
  }

  it('takes messages without message_stop for broken, even with a stop reason', () => {
    const { isDone, hasFinished, hasError } = seen(anthropicStreams, message);

    assert.deepEqual([isDone, hasFinished, hasError], [false, false, false]);
  });

  it('takes a response without its last event for broken', () => {
    const { isDone, hasFinished } = seen(responseStreams, response);

    assert.deepEqual([isDone, hasFinished], [false, false]);
  });

  it('sees errors', () => {
    const error = event('error', { error: { type: 'api_error', message: 'broke' } });

    assert.equal(seen(anthropicStreams, message + error).hasError, true);
    assert.equal(seen(responseStreams, response + error).hasError, true);
    assert.equal(seen(responseStreams, response + event('response.failed', { response: {} })).hasError, true);
  });

  it('knows that an error without a member error stops no reader of raw events', () => {
    const { hasError, hiddenError } = seen(responseStreams, response + event('error', { message: 'broke' }));

    assert.deepEqual([hasError, hiddenError], [false, 'broke']);
  });

  it('passes over what it cannot read', () => {
    const odd = 'data: {bad\n\ndata: null\n\ndata: []\n\n: ping\n\ndata: {"type":5}\n\n';

    assert.equal(seen(anthropicStreams, odd + message + event('message_stop')).isDone, true);
    assert.equal(seen(responseStreams, odd + response + completed).isDone, true);
  });
});

describe('The usage of whole native answers', () => {
  it('counts cached tokens as part of the prompt', () => {
    const body = {
      content: [{ text: '"usage"' }],
      usage: { input_tokens: 3, cache_read_input_tokens: 6, output_tokens: 4 },
    };

    assert.deepEqual(anthropicUsage(Buffer.from(JSON.stringify(body))), { tokensIn: 9, tokensOut: 4 });
  });

  it('is read from a response', () => {
    const body = { usage: { input_tokens: 9, input_tokens_details: { cached_tokens: 0 }, output_tokens: 4 } };

    assert.deepEqual(responseUsage(Buffer.from(JSON.stringify(body))), { tokensIn: 9, tokensOut: 4 });
  });

  it('is unknown where there is none', () => {
    assert.equal(anthropicUsage(Buffer.from('{"input_tokens":5}')), undefined);
    assert.equal(responseUsage(Buffer.from('{}')), undefined);
  });
});

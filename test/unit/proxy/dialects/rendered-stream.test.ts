import fc from 'fast-check';
import assert from 'node:assert/strict';
import type { EngineKind } from '../../../../src/core/engine';
import { anthropicMessages } from '../../../../src/proxy/dialects/anthropic/messages';
import { translatedVoice } from '../../../../src/proxy/dialects/voice';
import { planRepairs } from '../../../../src/proxy/repairs/repair-plan';
import type { RepairedStream } from '../../../../src/proxy/repairs/repaired-stream';
import { bodyOf, text } from '../repairs/support';
import { anySaid, chunksOf, entryOf, namedEvents, requestId, translationOf } from './dialect-support';

const request = { model: 'm', max_tokens: 10, messages: [{ role: 'user', content: 'Hi' }] };

function streamOf(kind: EngineKind): RepairedStream {
  const translation = translationOf(anthropicMessages, request, entryOf(kind));
  const body = bodyOf({ ...translation.request, model: 'm', stream: true, stream_options: { include_usage: true } });
  const voice = translatedVoice(anthropicMessages, translation, true);
  const planned = planRepairs(entryOf(kind), '/v1/chat/completions', body, [], requestId, voice);
  assert.ok(planned.ok);
  const stream = planned.plan.stream();
  assert.ok(stream);
  return stream;
}

/** What comes out when `bytes` go in, cut at these places. */
function told(kind: EngineKind, bytes: Buffer, cuts: readonly number[] = []): string {
  const stream = streamOf(kind);
  let out = '';
  let from = 0;
  for (const at of [...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].sort((a, b) => a - b)) {
    out += text(stream.push(bytes.subarray(from, at)));
    from = at;
  }
  return out + text(stream.end());
}

function sse(events: readonly unknown[]): Buffer {
  return Buffer.from(events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join(''));
}

const hello = chunksOf({ reasoning: '', text: 'Hello 😀', calls: [] }, 'stop', 3);
const done = Buffer.from('data: [DONE]\n\n');
const rest = Buffer.concat([sse(hello.slice(2)), done]);
const types = (out: string): unknown[] => namedEvents(out).map(({ type }) => type);

describe('A stream told in another API’s words', () => {
  it('is the same however its bytes are cut, and wherever its end is said', () => {
    fc.assert(
      fc.property(anySaid, fc.array(fc.nat(), { maxLength: 12 }), fc.boolean(), (said, cuts, isSaidDone) => {
        const chunks = sse(chunksOf(said, 'stop', 7));
        const whole = told('openai', Buffer.concat([chunks, done]));

        assert.equal(told('openai', isSaidDone ? Buffer.concat([chunks, done]) : chunks, cuts), whole);
        assert.equal(types(whole).at(-1), 'message_stop');
      }),
      { numRuns: 40 },
    );
  });

  for (const kind of ['openai', 'ollama', 'vllm', 'lmstudio', 'llamacpp'] as const) {
    it(`has its end once, with repairs of ${kind} at work`, () => {
      const out = told(kind, Buffer.concat([sse(hello), done]));

      assert.equal(types(out).filter((type) => type === 'message_stop').length, 1);
      assert.match(out, /"output_tokens":7/);
    });

    it(`has no end when ${kind} broke off`, () => {
      const out = told(kind, sse(hello.slice(0, 3)));

      assert.ok(!types(out).includes('message_stop'));
    });

    it(`ends with the error that ${kind} tells in place of a chunk`, () => {
      const error = { error: { message: 'out of memory', type: 'server_error', code: 500 } };
      const bytes = Buffer.concat([sse([...hello.slice(0, 3), error]), done]);

      const out = told(kind, bytes);

      const last = namedEvents(out).at(-1) as { type: string; error: { message: string } };
      assert.deepEqual([last.type, last.error.message], ['error', 'out of memory']);
    });
  }

  it('passes the engine’s signs of life on as its own', () => {
    assert.equal(
      told('llamacpp', Buffer.from(':\n\n: still here\n\n')),
      'event: ping\ndata: {"type":"ping"}\n\n'.repeat(2),
    );
  });

  it('says nothing after the end of the answer, not even that the engine is alive', () => {
    const whole = Buffer.concat([sse(hello.slice(0, 2)), rest]);

    assert.equal(told('openai', Buffer.concat([whole, Buffer.from(': still here\n\n')])), told('openai', whole));
    assert.equal(types(told('openai', whole)).at(-1), 'message_stop');
  });

  for (const harmless of [
    'data: null',
    'data: []',
    'data: "ping"',
    'data:',
    'data:  ',
    'id: 5',
    'retry: 10',
    ': still here',
    'event: ping\ndata: now',
    'data: {"type":"ping"}',
  ]) {
    it(`loses nothing with ${JSON.stringify(harmless)}, and goes on`, () => {
      const out = told('openai', Buffer.concat([sse(hello.slice(0, 2)), Buffer.from(`${harmless}\n\n`), rest]));

      assert.equal(types(out).at(-1), 'message_stop');
      assert.ok(!types(out).includes('error'));
    });
  }

  for (const [what, bytes] of [
    ['broken JSON', Buffer.from('data: {"choices":[{"index":0,"delta":{"content":"x"\n\n')],
    ['text', Buffer.from('data: Internal Server Error\n\n')],
    ['two objects in one event', Buffer.from('data: {"choices":[]}\ndata: {"choices":[]}\n\n')],
    ['an error that is no JSON', Buffer.from('event: error\ndata: died\n\n')],
    ['Latin-1', Buffer.from('data: {"choices":[{"index":0,"delta":{"content":"\xe9"}}]}\n\n', 'latin1')],
    ['half a character', Buffer.from([...Buffer.from('data: {"choices":[],"a":"'), 0xf0, 0x9f, 0x22, 0x7d, 10, 10])],
    ['a million brackets', Buffer.from(`data: {"a":${'['.repeat(400_000)}${']'.repeat(400_000)}}\n\n`)],
  ] as const) {
    it(`ends with an error at an event it cannot read: ${what}`, () => {
      const out = told('openai', Buffer.concat([sse(hello.slice(0, 2)), bytes, rest]));

      assert.equal(types(out).at(-1), 'error');
      assert.equal(types(out).filter((type) => type === 'error').length, 1);
      assert.ok(!types(out).includes('message_stop'));
      assert.match(out, /The engine Engine sent an event that is not valid JSON in UTF-8/);
    });
  }

  it('passes over what comes after its end, readable or not', () => {
    const out = told('openai', Buffer.concat([sse(hello), done, Buffer.from('data: {bad\n\n')]));

    assert.equal(types(out).at(-1), 'message_stop');
  });

  it('says nothing after its end', () => {
    const stream = streamOf('openai');
    stream.push(Buffer.concat([sse(hello), done]));

    assert.equal(text(stream.push(sse(hello))) + text(stream.end()), '');
  });

  it('ends with an error at an event too large to be read, rather than with a gap', () => {
    const large = { choices: [{ index: 0, delta: { content: 'x'.repeat(1_100_000) } }] };

    const out = told('openai', Buffer.concat([sse([hello[0], large]), sse(hello.slice(1)), done]));

    assert.equal(types(out).at(-1), 'error');
    assert.equal(types(out).filter((type) => type === 'error').length, 1);
  });
});

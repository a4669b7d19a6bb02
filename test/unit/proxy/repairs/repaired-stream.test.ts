import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { engineKinds, type EngineKind } from '../../../../src/core/engine';
import type { ChunkRepair } from '../../../../src/proxy/repairs/repair';
import { RepairedStream } from '../../../../src/proxy/repairs/repaired-stream';
import { repairsFor } from '../../../../src/proxy/repairs/repair-table';
import { chunk, contextOf, eventsOf, text, usageChunk } from './support';

/** The stream of an engine with every repair armed. */
function armed(kind: EngineKind, body: object = {}): RepairedStream {
  const context = contextOf({ kind, body, model: { contextLoaded: 4096 } });
  const steps = repairsFor(kind, undefined, '/v1/chat/completions', []).flatMap(
    (repair) => repair.chunks?.(context) ?? [],
  );
  return new RepairedStream(steps, [], (usage) => (usage?.tokensIn === 4096 ? ['context-truncated'] : []));
}

function run(stream: RepairedStream, bytes: Buffer, places: readonly number[] = []): string {
  const out: Buffer[] = [];
  let start = 0;
  for (const end of [...places, bytes.length]) {
    out.push(Buffer.from(stream.push(bytes.subarray(start, end)) ?? ''));
    start = end;
  }
  return Buffer.concat([...out, Buffer.from(stream.end() ?? '')]).toString();
}

const event = (value: unknown) => `data: ${JSON.stringify(value)}\n\n`;
const passing: ChunkRepair = { chunk: (one) => one };
const marking: ChunkRepair = { chunk: (one) => ({ ...one, mark: true }) };

/** One stream with something for every repair. */
const eventful = [
  '\ufeff: hello\n\n',
  event({ ...chunk({ role: 'assistant', content: 'é😀' }), id: 'chatcmpl-7', system_fingerprint: null }),
  event({ ...chunk({ role: 'assistant', reasoning: '日本' }), id: 'chatcmpl-7' }),
  'event: x\nid: 1\ndata: {"choices":[{"index":0,\ndata: "delta":{"role":"assistant","content":"z"}}]}\n\n',
  'data: {bad\n\ndata: null\n\ndata:\n\n',
  event(chunk({ tool_calls: [{ id: '', function: { name: 'f', arguments: {} } }] })),
  event(chunk({ tool_calls: [{ index: 0, function: { name: '', arguments: '1' } }] })),
  event(chunk({}, null)),
  event({ ...usageChunk, timings: { a: 1 } }),
  'data: [DONE]\n\ndata: {"late":true}\n\n',
].join('');

describe('RepairedStream', () => {
  for (const kind of engineKinds) {
    for (const lineEnd of ['\n', '\r\n', '\r']) {
      it(`says the same for any chunks (${kind}, ${JSON.stringify(lineEnd)})`, () => {
        const bytes = Buffer.from(eventful.replaceAll('\n', lineEnd));
        const whole = run(armed(kind), bytes);
        fc.assert(
          fc.property(fc.array(fc.nat({ max: bytes.length }), { maxLength: 20 }), (places) => {
            assert.equal(
              run(
                armed(kind),
                bytes,
                places.sort((a, b) => a - b),
              ),
              whole,
            );
          }),
          { numRuns: 60 },
        );
        assert.equal(
          run(
            armed(kind),
            bytes,
            Array.from({ length: bytes.length }, (_, at) => at),
          ),
          whole,
        );
      });
    }

    it(`changes nothing more when its output comes again (${kind})`, () => {
      const asking = { stream_options: { include_usage: true } };
      const once = run(armed(kind, asking), Buffer.from(eventful));

      assert.equal(run(armed(kind, asking), Buffer.from(once)), once);
    });
  }

  it('passes events that no repair changes with their own bytes', () => {
    const odd =
      'data:{"choices" : [ ], "big":12345678901234567890}\r\n\r\n: c\n\nretry: 5\n\ndata: {bad\n\ndata: [DONE]\n\n';

    assert.equal(run(new RepairedStream([passing], [], () => []), Buffer.from(odd)), odd);
  });

  it('keeps the other lines of an event it changes, and unknown members', () => {
    const stream = new RepairedStream([marking], [], () => []);

    assert.equal(
      run(stream, Buffer.from(': c\nevent: x\ndata: {"a":{"b":null}}\nid: 1\n\n')),
      ': c\nevent: x\nid: 1\ndata: {"a":{"b":null},"mark":true}\n\n',
    );
  });

  it('holds back no event that is complete', () => {
    const stream = armed('ollama');

    assert.equal(eventsOf(text(stream.push(Buffer.from(event(chunk({ content: 'a' })))))).length, 1);
  });

  it('drops an event that was cut in the middle, so that the error after it is read', () => {
    const stream = new RepairedStream([passing], [], () => []);

    assert.equal(run(stream, Buffer.from(`${event(chunk({}))}data: {"choices":[{"del`)), event(chunk({})));
    assert.equal(stream.position, 'event-start');
  });

  it('takes an event without its closing blank line, and closes it', () => {
    const stream = new RepairedStream([passing], [], () => []);

    assert.equal(run(stream, Buffer.from('data: {"a":1}\n\ndata: [DONE]')), 'data: {"a":1}\n\ndata: [DONE]\n\n');
    assert.equal(stream.tally.isDone, true);
  });

  it('says a warning as a comment before [DONE]', () => {
    const full = { ...usageChunk, usage: { prompt_tokens: 4096, completion_tokens: 1 } };

    const out = run(
      armed('ollama'),
      Buffer.from(`${event(chunk({ content: 'a' }, 'stop'))}${event(full)}data: [DONE]\n\n`),
    );

    assert.match(out, /\n\n: x-flm-warning: context-truncated\n\ndata: \[DONE\]\n\n$/);
  });

  it('sends nothing after an error', () => {
    const stream = armed('vllm');

    const out = run(
      stream,
      Buffer.from(`${event({ error: { message: 'x', code: 500 } })}${event(chunk({ content: 'a' }))}data: [DONE]\n\n`),
    );

    assert.deepEqual(eventsOf(out).length, 1);
    assert.equal(stream.fault?.code, 'engine_error');
  });

  it('counts what the engine sent, though the client does not see all of it', () => {
    const stream = armed('vllm');
    run(stream, Buffer.from(`${event(chunk({ content: 'a' }, 'stop'))}${event(usageChunk)}data: [DONE]\n\n`));

    const { isDone, hasFinished, contentEvents, usage } = stream.tally;
    assert.deepEqual([isDone, hasFinished, contentEvents, usage], [true, true, 1, { tokensIn: 5, tokensOut: 2 }]);
  });

  it('finds an error told in a line that is no data', () => {
    const stream = armed('llamacpp');
    run(stream, Buffer.from('error: {"message":"context shift is disabled"}\n\n'));

    assert.equal(stream.tally.hiddenError, 'context shift is disabled');
  });

  for (const recording of [
    'chat-stream-usage',
    'chat-tools-parallel-call-stream',
    'chat-reasoning-stream',
    'chat-stream-n2',
  ]) {
    it(`keeps every word, call and timing of a recorded llama-server (${recording})`, () => {
      const recorded = dechunked(recording);
      const sent = eventsOf(recorded);

      const shown = eventsOf(run(armed('llamacpp'), Buffer.from(recorded)));

      assert.deepEqual(words(shown), words(sent));
      assert.equal(JSON.stringify(shown).includes('"usage":{'), false);
      assert.deepEqual(timings(shown), timings(sent));
    });
  }
});

/** The body of a recorded answer without its chunked framing. */
function dechunked(name: string): string {
  const raw = readFileSync(`test/fixtures/llamacpp/${name}.txt`, 'utf8');
  return raw
    .slice(raw.indexOf('\r\n\r\n') + 4)
    .split('\n\n')
    .map((block) => block.slice(Math.max(0, block.indexOf('data: '))))
    .filter((block) => block.startsWith('data: '))
    .map((block) => `${block}\n\n`)
    .join('');
}

interface Shown {
  readonly choices?: readonly { readonly delta: Record<string, unknown>; readonly finish_reason: unknown }[];
  readonly timings?: unknown;
}

function words(events: readonly unknown[]): unknown[] {
  return (events as Shown[]).flatMap(({ choices }) =>
    (choices ?? []).map(({ delta, finish_reason: finish }) => [
      delta.content,
      delta.reasoning_content,
      delta.tool_calls,
      finish,
    ]),
  );
}

function timings(events: readonly unknown[]): unknown[] {
  return (events as Shown[]).flatMap((one) => one.timings ?? []);
}

import assert from 'node:assert/strict';
import { isUtf8 } from 'node:buffer';
import fc from 'fast-check';
import { createParser } from 'eventsource-parser';
import { recordedBody, tell, type Asked, type EngineAnswer, type Told } from './any-answer-support';

/** More for a long search: `FLM_FUZZ_RUNS=20000 npx mocha test/unit/proxy/any-answer.test.ts`. */
const numRuns = Number(process.env.FLM_FUZZ_RUNS ?? 10);

const sse = 'text/event-stream';
const ndjson = 'application/x-ndjson';

const chatStreams = ['chat-stream-usage', 'chat-tools-parallel-call-stream', 'chat-reasoning-stream'].map(recordedBody);
const wholes = ['chat', 'chat-tools-call', 'completions-echo-suffix', 'err-context-too-long'].map(recordedBody);
const ollamaLines = [
  { model: 'm', message: { role: 'assistant', content: 'é😀' }, done: false },
  { model: 'm', message: { role: 'assistant', content: '', tool_calls: [{ function: { name: 'f', arguments: {} } }] } },
  { error: 'open /usr/share/x' },
  { model: 'm', message: { role: 'assistant', content: '' }, done: true, done_reason: 'stop', eval_count: 3 },
];
const ollamaStream = Buffer.from(ollamaLines.map((line) => `${JSON.stringify(line)}\n`).join(''));

const messages = [{ role: 'user', content: 'Hi' }];
const tools = [{ type: 'function', function: { name: 'f', parameters: {} } }];
const kinds = ['openai', 'ollama', 'vllm', 'lmstudio', 'llamacpp'] as const;

interface Case extends Asked {
  readonly seeds: readonly Buffer[];
  /** The engine speaks it: what it sends passes, readable or not. */
  readonly isNative?: boolean;
  /** The last event or line of a whole answer. */
  readonly end?: RegExp;
}

const translated: readonly Case[] = kinds.flatMap((kind): Case[] => [
  {
    path: '/v1/messages',
    kind,
    request: { model: 'm', max_tokens: 9, messages },
    seeds: chatStreams,
    end: /message_stop/,
  },
  {
    path: '/v1/responses',
    kind: kind === 'lmstudio' ? 'openai' : kind,
    request: { model: 'm', input: 'Hi' },
    seeds: chatStreams,
    end: /response\.(completed|incomplete)/,
  },
  ...(kind === 'ollama'
    ? []
    : [
        { path: '/api/chat', kind, request: { model: 'm', messages }, seeds: chatStreams, end: /"done":true/ },
        { path: '/api/generate', kind, request: { model: 'm', prompt: 'Hi' }, seeds: chatStreams, end: /"done":true/ },
      ]),
]);

const cases: readonly Case[] = [
  ...translated,
  {
    path: '/infill',
    kind: 'ollama',
    request: { model: 'm', input_prefix: 'a', input_suffix: 'b' },
    seeds: chatStreams,
    end: /"stop":true/,
  },
  ...kinds.flatMap((kind): Case[] => [
    {
      path: '/v1/chat/completions',
      kind,
      request: { model: 'm', messages, tools },
      seeds: chatStreams,
      isNative: true,
    },
    { path: '/v1/completions', kind, request: { model: 'm', prompt: 'Hi' }, seeds: chatStreams, isNative: true },
  ]),
  {
    path: '/v1/messages',
    kind: 'llamacpp',
    version: 'b9775-be4a6a63e',
    request: { model: 'm', max_tokens: 9, messages },
    seeds: [recordedBody('anthropic-messages-stream'), recordedBody('anthropic-tools-stream')],
    isNative: true,
  },
  {
    path: '/v1/responses',
    kind: 'ollama',
    version: '0.32.15',
    request: { model: 'm', input: 'Hi' },
    seeds: [recordedBody('responses-stream'), recordedBody('responses-tools-stream')],
    isNative: true,
  },
  { path: '/api/chat', kind: 'ollama', request: { model: 'm', messages }, seeds: [ollamaStream], isNative: true },
  {
    path: '/infill',
    kind: 'llamacpp',
    request: { model: 'm', input_prefix: 'a', input_suffix: 'b' },
    seeds: [recordedBody('infill-stream')],
    isNative: true,
  },
];

/** Pieces of protocol where random bytes would never hit one. */
const odd = fc
  .constantFrom(
    ...[
      '\n',
      '\r',
      '\r\n',
      '\n\n',
      'data: ',
      'data:',
      'event: error\n',
      'event: ping\n',
      ': ',
      'id: 1\n',
      '[DONE]',
      '\ufeff',
    ],
    ...[
      '{',
      '}',
      '[',
      ']',
      '"',
      ',',
      'null',
      '{}',
      '"error":',
      '{"error":{"message":"open /usr/share/x/y"}}',
      '\\u0000',
    ],
    ...['"choices":[null]', '"choices":{}', '"delta":null', '"tool_calls":[{"index":-1}]', '"index":1e9', '"usage":{}'],
    ...[
      '"finish_reason":"stop"',
      '"message":',
      '"content":5',
      '"arguments":{"a":1}',
      '[[[[',
      '9'.repeat(400),
      '-0',
      '1e999',
    ],
  )
  .map((text) => Buffer.from(text));
const noise = fc.oneof(
  odd,
  fc.uint8Array({ maxLength: 12 }).map((bytes) => Buffer.from(bytes)),
);
const place = fc.nat(1_000_000);
const edit = fc.record({
  at: place,
  length: fc.oneof(fc.nat(3), fc.nat(300)),
  put: noise,
  how: fc.constantFrom('replace', 'repeat', 'end'),
});

/** A recording with a few edits, or noise alone. */
function bodyFrom(seeds: readonly Buffer[]): fc.Arbitrary<Buffer> {
  const mutated = fc.tuple(fc.constantFrom(...seeds), fc.array(edit, { maxLength: 4 })).map(([seed, edits]) => {
    let bytes = seed;
    for (const { at, length, put, how } of edits) {
      const from = bytes.length === 0 ? 0 : at % bytes.length;
      const cut = bytes.subarray(from, from + length);
      if (how === 'replace') bytes = Buffer.concat([bytes.subarray(0, from), put, bytes.subarray(from + length)]);
      else if (how === 'repeat')
        bytes = Buffer.concat([bytes.subarray(0, from), cut, cut, bytes.subarray(from + length)]);
      else bytes = bytes.subarray(0, from);
    }
    return bytes;
  });
  return fc.oneof(
    { weight: 4, arbitrary: mutated },
    fc.array(noise, { maxLength: 30 }).map((all) => Buffer.concat(all)),
  );
}

function answerFrom(seeds: readonly Buffer[], types: readonly string[]): fc.Arbitrary<EngineAnswer> {
  return fc
    .record({
      status: fc.oneof({ weight: 8, arbitrary: fc.constant(200) }, fc.constantFrom(400, 401, 404, 429, 500, 503)),
      contentType: fc.oneof(
        { weight: 8, arbitrary: fc.constantFrom(...types) },
        fc.constantFrom(sse, ndjson, 'application/json', 'text/html', ''),
      ),
      body: bodyFrom(seeds),
      cuts: fc.array(place, { maxLength: 8 }),
      ending: fc.oneof({ weight: 4, arbitrary: fc.constant('end' as const) }, fc.constant('reset' as const)),
      isLate: fc.boolean(),
    })
    .map(({ body, cuts, ...answer }) => {
      const places = cuts.map((cut) => cut % (body.length + 1)).sort((a, b) => a - b);
      const pieces = [...places, body.length].map((to, at) => body.subarray(places[at - 1] ?? 0, to));
      return { ...answer, pieces };
    });
}

/** The data of each event, as clients read it. */
function eventsOf(body: Buffer): string[] {
  const events: string[] = [];
  const parser = createParser({ onEvent: ({ data }) => events.push(data) });
  parser.feed(body.toString());
  return events;
}

const isError = (data: string): boolean => {
  const event = JSON.parse(data) as { error?: unknown; type?: unknown; response?: { error?: unknown } } | null;
  const errors = [event?.error, event?.response?.error, event?.type === 'error' ? true : undefined];
  return errors.some((error) => error !== undefined && error !== null);
};

function isReadableError(data: string): boolean {
  try {
    return isError(data);
  } catch {
    return false;
  }
}

function assertStream(told: Told, isNative: boolean, end: RegExp | undefined): void {
  const text = told.body.toString();
  const isLines = told.contentType === ndjson;
  const said = isLines ? text.split('\n').filter((line) => line !== '') : eventsOf(told.body);
  const isFailure = told.outcome === 'engine-error';
  const last = said.at(-1);
  if (isNative) {
    // The error, the engine's or FLM's, can be read whatever came before it
    if (isFailure) assert.ok(said.some(isReadableError), text);
    return;
  }
  assert.ok(isUtf8(told.body));
  assert.ok(text === '' || text.endsWith(isLines ? '\n' : '\n\n'), text);
  const errors = said.filter((data) => isError(data)); // every one is JSON
  assert.ok(errors.length <= 1, text);
  if (errors.length === 1) assert.equal(last, errors[0]);
  assert.equal(errors.length === 1, isFailure, text);
  if (!isFailure) assert.match(last ?? '', end ?? /./);
}

function assertTold(told: Told, { isNative = false, end }: Pick<Case, 'isNative' | 'end'>): void {
  assert.notEqual(told.ending, 'open');
  assert.equal(told.timers, 0);
  assert.ok(told.status !== undefined);
  if (told.ending === 'cut') return;
  if (told.contentType === 'application/json') {
    if (told.status === 200 && isNative) return; // passed as it came, but for what is plainly none
    JSON.parse(told.body.toString());
    return;
  }
  assertStream(told, isNative, end);
}

/**
 * What the lines of an answer tell of errors. In an object deeper than its own `error` it may be the model's words; of an
 * error that its engine broke in two the second half shows no sign of one.
 */
function errorsIn(body: Buffer): string {
  const lines = body.toString().split(/[\r\n]+/);
  return lines.map((line) => errorIn(line.replace(/^data: ?/, ''))).join('\n');
}

function errorIn(line: string): string {
  try {
    return isError(line) ? line : '';
  } catch {
    return /"error":"?\{?[^}]*/.exec(line)?.[0] ?? '';
  }
}

/** Their words are about the request, and stay. */
const refusals = new Set([400, 401, 404]);
const leaks = /\/usr\/share/;

describe('Whatever an engine sends, the client gets what it can read, and an end', () => {
  for (const { seeds, isNative, end, ...asked } of cases) {
    const way = isNative === true ? 'native' : 'translated';
    const types = isNative === true && asked.path.startsWith('/api') ? [ndjson] : [sse];

    it(`${asked.path} of ${asked.kind}, ${way}, streamed`, () => {
      fc.assert(
        fc.property(answerFrom(seeds, types), (answer) => {
          const told = tell({ ...asked, request: { ...asked.request, stream: true } }, answer);

          assertTold(told, { isNative: isNative === true, ...(end !== undefined && { end }) });
          if (!refusals.has(answer.status)) assert.doesNotMatch(errorsIn(told.body), leaks);
        }),
        { numRuns },
      );
    });

    it(`${asked.path} of ${asked.kind}, ${way}, whole`, () => {
      const isJoined = asked.kind === 'llamacpp' && asked.path.startsWith('/v1') && asked.version === undefined;
      const both = fc.oneof(
        answerFrom([...wholes, ...(isJoined ? [] : seeds)], ['application/json']),
        answerFrom(seeds, isJoined ? [sse] : types),
      );
      fc.assert(
        fc.property(both, (answer) => {
          const told = tell({ ...asked, request: { ...asked.request, stream: false } }, { ...answer, isLate: false });

          assertTold(told, { isNative: isNative === true, ...(end !== undefined && { end }) });
        }),
        { numRuns },
      );
    });
  }

  /** A whole stream, passed as the engine sent it, but for its errors. */
  const passed = (sent: string): Buffer => {
    const answer = {
      status: 200,
      contentType: sse,
      pieces: [Buffer.from(sent)],
      ending: 'end',
      isLate: false,
    } as const;
    return tell(
      { path: '/v1/chat/completions', kind: 'openai', request: { model: 'm', messages, stream: true } },
      answer,
    ).body;
  };

  it('reads the error whose event the end of the stream leaves open', () => {
    const told = passed('data: {"error":{"message":"open /usr/share/x"}} ');

    assert.deepEqual(eventsOf(told), ['{"error":{"message":"open (file)"}}']);
  });

  it('hears nothing of the engine’s machine from an error glued to the mark of the end', () => {
    const told = passed('data: [DONE]{"error":{"message":"open /usr/share/x"}}\n\n');

    assert.doesNotMatch(told.toString(), leaks);
  });
});

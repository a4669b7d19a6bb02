import assert from 'node:assert/strict';
import type { EngineKind } from '../../../../src/core/engine';
import { startOpenAiCompatible } from '../../../helpers/engines/openai-compatible';
import { startProxy } from '../../../helpers/proxy-harness';

const leaky = 'open /usr/share/ollama/.ollama/models/blobs/sha256-1: Post "http://127.0.0.1:41234/x": EOF';
const leaks = /usr\/share|127\.0\.0\.1|41234/;

const chunk = (content: string, finish: string | null = null): string =>
  `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', choices: [{ index: 0, delta: { content }, text: content, finish_reason: finish }] })}\n\n`;
const openAiEnd = `${chunk('', 'stop')}data: [DONE]\n\n`;
const named = (data: { type: string }): string => `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`;

interface Route {
  readonly path: string;
  readonly request: object;
  /** An engine that is told the route in OpenAI's words. */
  readonly translated: EngineKind;
  /** An engine that speaks it, with its version and the error it tells. */
  readonly native: readonly [EngineKind, string | undefined, string];
  /** What says that an answer is whole. */
  readonly end: RegExp;
  /** The error that FLM tells. */
  readonly error: RegExp;
}

const messages = [{ role: 'user', content: 'Hi' }];

const routes: readonly Route[] = [
  {
    path: '/v1/messages',
    request: { max_tokens: 5, messages },
    translated: 'openai',
    native: ['ollama', '0.32.15', named({ type: 'error', error: { type: 'api_error', message: leaky } } as never)],
    end: /message_stop/,
    error: /event: error\ndata: \{"type":"error","error":\{"type":"api_error"/,
  },
  {
    path: '/v1/responses',
    request: { input: 'Hi' },
    translated: 'openai',
    native: ['ollama', '0.32.15', named({ type: 'error', message: leaky, sequence_number: 1 } as never)],
    end: /response\.completed/,
    error: /event: error\ndata: \{"type":"error","sequence_number":\d+,"code":"engine_error"/,
  },
  {
    path: '/api/chat',
    request: { messages },
    translated: 'openai',
    native: ['ollama', '0.32.15', `${JSON.stringify({ error: leaky })}\n`],
    end: /"done":true/,
    error: /\n\{"error":"[^"]+"\}\n$/,
  },
  {
    path: '/api/generate',
    request: { prompt: 'Hi' },
    translated: 'openai',
    native: ['ollama', '0.32.15', `${JSON.stringify({ error: leaky })}\n`],
    end: /"done":true/,
    error: /\n\{"error":"[^"]+"\}\n$/,
  },
  {
    path: '/infill',
    request: { input_prefix: 'a', input_suffix: 'b' },
    translated: 'openai',
    native: ['llamacpp', undefined, `data: ${JSON.stringify({ error: { code: 500, message: leaky } })}\n\n`],
    end: /"stop":true/,
    error: /data: \{"error":\{"message":"[^"]+","type":"server_error","param":null,"code":"engine_error"\}\}\n\n$/,
  },
];

const open: { stop(): Promise<void> }[] = [];

/**
 * What a client is told when the engine answers any request with this stream, cut into writes of so many bytes. An event
 * with `é` is sent in Latin-1.
 */
async function told(
  { path, request }: Pick<Route, 'path' | 'request'>,
  [kind, version]: readonly [EngineKind, string | undefined],
  body: string,
  bytesPerWrite: number,
) {
  const contentType = path.startsWith('/api') && kind === 'ollama' ? 'application/x-ndjson' : 'text/event-stream';
  const rewrite = (event: string): string | Uint8Array => (event.includes('é') ? Buffer.from(event, 'latin1') : event);
  const wire = { chunking: { bytesPerWrite }, rewrite };
  const answer = { status: 200, headers: { 'content-type': contentType }, body, wire };
  const answers = Object.fromEntries([path, '/v1/chat/completions', '/v1/completions'].map((route) => [route, answer]));
  const engine = await startOpenAiCompatible({ models: ['m'], answers });
  const known = version === undefined ? {} : { version };
  const proxy = await startProxy({
    engines: [{ id: 'engine', baseUrl: engine.url, models: ['m'], kind, engine: known }],
  });
  open.push(proxy, engine);
  const response = await proxy.post(path, { ...request, model: 'm', stream: true });
  return { status: response.status, text: await response.text(), record: await proxy.recordOf() };
}

describe('A stream with an event that cannot be read', () => {
  afterEach(async () => {
    for (const each of open.splice(0)) await each.stop();
  });

  for (const route of routes) {
    for (const [what, bad] of [
      ['broken JSON', 'data: {"choices":[{"index":0,"delta":{"con\n\n'],
      ['another encoding', 'data: {"choices":[{"index":0,"delta":{"content":"é"}}]}\n\n'],
    ] as const) {
      it(`ends with the error of its API: ${route.path}, ${what}`, async () => {
        const { text, record } = await told(
          route,
          [route.translated, undefined],
          chunk('a') + bad + chunk('b') + openAiEnd,
          64,
        );

        assert.match(text, route.error);
        assert.doesNotMatch(text, route.end);
        assert.deepEqual([record.outcome, record.errorCode], ['engine-error', 'engine_error']);
      });
    }

    it(`passes over a sign of life: ${route.path}`, async () => {
      const body = `${chunk('a')}event: ping\ndata: now\n\n: ping\n\ndata: null\n\n${openAiEnd}`;

      const { text, record } = await told(route, [route.translated, undefined], body, 64);

      assert.match(text, route.end);
      assert.equal(record.outcome, 'ok');
    });
  }

  it('is an error status where the client waits for a whole answer', async () => {
    const route = { path: '/v1/chat/completions', request: { messages, stream: false } };
    const engine = await startOpenAiCompatible({
      models: ['m'],
      answers: {
        [route.path]: {
          headers: { 'content-type': 'text/event-stream' },
          body: `${chunk('a')}data: {bad\n\n${openAiEnd}`,
        },
      },
    });
    const proxy = await startProxy({
      engines: [{ id: 'engine', baseUrl: engine.url, models: ['m'], kind: 'llamacpp' }],
    });
    open.push(proxy, engine);

    const answer = await proxy.post(route.path, { ...route.request, model: 'm' });

    assert.equal(answer.status, 502);
    assert.match(await answer.text(), /not valid JSON in UTF-8/);
    assert.equal((await proxy.recordOf()).outcome, 'engine-error');
  });
});

describe('A native stream that tells of the engine’s failure', () => {
  afterEach(async () => {
    for (const each of open.splice(0)) await each.stop();
  });

  for (const { path, request, native } of [
    ...routes,
    {
      path: '/v1/chat/completions',
      request: { messages },
      native: ['openai', undefined, `data: ${JSON.stringify({ error: { message: leaky } })}\n\n`] as const,
    },
  ]) {
    for (const bytesPerWrite of [1000, 7, 1]) {
      it(`gives nothing away: ${path}, ${bytesPerWrite} bytes a write`, async () => {
        const [kind, version, error] = native;

        const { status, text, record } = await told({ path, request }, [kind, version], error, bytesPerWrite);

        assert.equal(status, 200);
        assert.doesNotMatch(text, leaks);
        assert.match(text, /open \(file\)/);
        assert.equal(record.outcome, 'engine-error');
      });
    }
  }
});

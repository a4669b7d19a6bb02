import assert from 'node:assert/strict';
import { demoText } from '../../helpers/engines/demo-reply';
import { demoVersion, startDemoEngine } from '../../helpers/engines/demo-server';
import { startLlamaServer } from '../../helpers/engines/llama-server';
import { startLmStudio } from '../../helpers/engines/lmstudio';
import { startOddServer } from '../../helpers/engines/odd-server';
import { startOllama } from '../../helpers/engines/ollama';
import { readRecording, recordingNames, replayRecording, sseObjects } from '../../helpers/engines/recording';
import { startVllm } from '../../helpers/engines/vllm';

const stops: (() => Promise<void>)[] = [];

async function started<T extends { stop(): Promise<void> }>(starting: Promise<T>): Promise<T> {
  const server = await starting;
  stops.push(() => server.stop());
  return server;
}

async function stopAll(): Promise<void> {
  await Promise.all(stops.splice(0).map((stop) => stop()));
}

interface Target {
  readonly url: string;
}

async function get({ url }: Target, path: string, headers: Record<string, string> = {}): Promise<[number, string]> {
  const answer = await fetch(url + path, { headers, redirect: 'manual', signal: AbortSignal.timeout(5000) });
  return [answer.status, await answer.text()];
}

async function post(
  { url }: Target,
  path: string,
  body: object,
  headers: Record<string, string> = {},
): Promise<[number, string]> {
  const answer = await fetch(url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(5000),
  });
  return [answer.status, await answer.text()];
}

const messages = [{ role: 'user', content: 'Hi' }];
const chat = '/v1/chat/completions';

describe('The simulated Ollama', () => {
  afterEach(stopAll);

  it('says null when it has no models', async () => {
    const ollama = await started(startOllama({ models: [] }));

    assert.deepEqual(await get(ollama, '/v1/models'), [200, '{"object":"list","data":null}\n']);
    assert.deepEqual(await get(ollama, '/api/tags'), [200, '{"models":[]}']);
  });

  it('answers unknown paths and methods in plain text and greets at the root', async () => {
    const ollama = await started(startOllama());

    assert.deepEqual(await get(ollama, '/'), [200, 'Ollama is running']);
    assert.deepEqual(await get(ollama, '/nope'), [404, '404 page not found']);
    assert.deepEqual(await post(ollama, '/api/tags', {}), [405, '405 method not allowed']);
  });

  it('refuses web pages and lets VS Code in', async () => {
    const ollama = await started(startOllama());

    assert.deepEqual(await get(ollama, '/api/tags', { origin: 'https://evil.test' }), [403, '']);
    assert.equal((await get(ollama, '/api/tags', { origin: 'vscode-webview://abc' }))[0], 200);
    assert.equal((await get(ollama, '/api/tags', { origin: 'http://localhost:3000' }))[0], 200);
  });

  it('loses the message of a failure in an OpenAI stream, and shows it in its own', async () => {
    const ollama = await started(
      startOllama({ reply: { text: 'one two three', failAfterTokens: 2, failMessage: 'boom' } }),
    );

    const [, openAi] = await post(ollama, chat, { model: 'llama3.2:3b', messages, stream: true });
    const [, native] = await post(ollama, '/api/chat', { model: 'llama3.2:3b', messages });

    const last = sseObjects(openAi).at(-1) as { model: string; choices: { delta: { content: string } }[] };
    assert.deepEqual([last.model, last.choices[0]?.delta.content], ['', '']);
    assert.ok(!openAi.includes('[DONE]') && !openAi.includes('boom'));
    assert.equal(native.trim().split('\n').at(-1), '{"error":"boom"}');
  });

  it('sends a tool call whole, and the finish reason in a chunk of its own', async () => {
    const ollama = await started(startOllama({ reply: { toolCalls: [{ name: 'f', arguments: { x: 1 } }] } }));

    const [, text] = await post(ollama, chat, { model: 'llama3.2:3b', messages, stream: true, tools: [{}] });

    const [call, finish] = sseObjects(text) as {
      choices: { delta: { tool_calls?: { function: { arguments: string } }[] }; finish_reason: string | null }[];
    }[];
    assert.equal(call?.choices[0]?.delta.tool_calls?.[0]?.function.arguments, '{"x":1}');
    assert.deepEqual([finish?.choices[0]?.delta, finish?.choices[0]?.finish_reason], [{}, 'tool_calls']);
  });

  it('refuses as its scheduler does', async () => {
    const ollama = await started(
      startOllama({
        models: [{ name: 'a' }, { name: 'far:cloud', remote: { model: 'far', host: 'https://ollama.com:443' } }],
      }),
    );

    assert.equal((await post(ollama, chat, { model: 'nope', messages }))[0], 404);
    assert.match((await post(ollama, chat, { model: 'a', messages, tools: [{}] }))[1], /does not support tools/);
    assert.match(
      (await post(ollama, chat, { model: 'far:cloud', messages }))[1],
      /^\{"error":"unauthorized","signin_url"/,
    );
    ollama.script({ isBusy: true });
    assert.match((await post(ollama, chat, { model: 'a', messages }))[1], /try again\. {2}maximum/);
  });

  it('lists a model as loaded after a request', async () => {
    const ollama = await started(startOllama());
    assert.equal((await get(ollama, '/api/ps'))[1], '{"models":[]}');

    await post(ollama, chat, { model: 'llama3.2:3b', messages });

    assert.match((await get(ollama, '/api/ps'))[1], /"name":"llama3\.2:3b".*"context_length":4096/);
  });
});

describe('The simulated llama-server', () => {
  afterEach(stopAll);

  it('works on for a client that left an answer that is not streamed while another one streams', async () => {
    const server = await started(
      startLlamaServer({
        orphansWholeAnswers: true,
        abortPollMs: 5,
        reply: ({ text }) => ({ text: Array.from({ length: text.includes('stream') ? 60 : 20 }, () => ' word') }),
        timing: { tokenMs: 5 },
      }),
    );
    const streaming = post(server, chat, { messages, stream: true });
    await server.waitForRequest(() => server.runningGenerations === 1);
    const abort = new AbortController();
    const left = fetch(server.url + chat, { method: 'POST', body: JSON.stringify({ messages }), signal: abort.signal });
    await server.waitForRequest(() => server.runningGenerations === 2);

    abort.abort();

    await assert.rejects(left);
    assert.equal(await server.requests[1]!.ended, 'aborted');
    await streaming;
    await server.waitForIdle();
    assert.deepEqual(
      server.generations.map(({ state }) => state),
      ['finished', 'finished'],
    );
  });

  it('stops working some time after the client has left', async () => {
    const server = await started(
      startLlamaServer({ abortPollMs: 5, reply: { text: ['a', 'b', 'c'] }, timing: { tokenMs: 60_000 } }),
    );
    const abort = new AbortController();
    const left = fetch(server.url + chat, { method: 'POST', body: JSON.stringify({ messages }), signal: abort.signal });
    await server.waitForRequest(() => server.runningGenerations === 1);

    abort.abort();

    await assert.rejects(left);
    await server.waitForIdle();
    assert.equal(server.generations[0]!.state, 'cancelled');
  });

  it('lets a request wait for a slot', async () => {
    const server = await started(startLlamaServer({ slots: 1, timing: { firstTokenMs: 30 } }));

    const [first, second] = await Promise.all([post(server, chat, { messages }), post(server, chat, { messages })]);

    assert.deepEqual([first[0], second[0]], [200, 200]);
    assert.ok(server.generations[1]!.startedAt >= server.generations[0]!.endedAt! - 1);
  });

  it('fails inside a stream without [DONE], in the old way too', async () => {
    const server = await started(
      startLlamaServer({ reply: { text: 'a b c', failAfterTokens: 1, failMessage: 'boom' } }),
    );
    const [, now] = await post(server, chat, { messages, stream: true });
    server.script({ hasLegacyStreamError: true });
    const [, then] = await post(server, chat, { messages, stream: true });

    assert.ok(now.endsWith('data: {"error":{"code":500,"message":"boom","type":"server_error"}}\n\n'));
    assert.ok(then.includes('\nerror: {"error"') && !then.includes('[DONE]'));
  });

  it('pings during silence', async () => {
    const server = await started(startLlamaServer({ pingMs: 8, reply: { text: ['a', 'b'] }, timing: { tokenMs: 60 } }));

    const [, text] = await post(server, chat, { messages, stream: true });

    assert.match(text, /\n\n:\n\n/);
  });

  it('as a router loads on demand, and says when it cannot', async () => {
    const server = await started(startLlamaServer({ router: [{ id: 'a' }, { id: 'b', failedWith: 1 }] }));

    assert.equal((await post(server, chat, { model: 'a', messages }))[0], 200);
    assert.match((await get(server, '/v1/models'))[1], /"id":"a".*?"value":"loaded"/);
    assert.deepEqual((await post(server, chat, { model: 'b', messages }))[0], 500);
    server.script({ routerIsFull: true, router: [{ id: 'c' }] });
    assert.match((await post(server, chat, { model: 'c', messages }))[1], /model limit reached/);
  });
});

describe('The simulated vLLM', () => {
  afterEach(stopAll);
  const model = 'Qwen/Qwen3-8B';

  it('is strict where vLLM is', async () => {
    const vllm = await started(startVllm({ hasToolParser: false }));

    for (const extra of [{ stream_options: {} }, { tools: [] }, { tools: [{}] }, { tool_choice: 'auto' }]) {
      assert.equal((await post(vllm, chat, { model, messages, ...extra }))[0], 400, JSON.stringify(extra));
    }
    assert.equal((await post(vllm, chat, { model, messages }, { 'content-type': 'text/plain' }))[0], 400);
  });

  it('ends a failed stream with an error and [DONE]', async () => {
    const vllm = await started(startVllm({ reply: { text: 'a b', failAfterTokens: 1 } }));

    const [, text] = await post(vllm, chat, { model, messages, stream: true });

    assert.match(text, /"type":"InternalServerError","param":null,"code":500\}\}\n\ndata: \[DONE\]\n\n$/);
  });

  it('sends reasoning, fragments of arguments and usage in every chunk', async () => {
    const vllm = await started(
      startVllm({
        forcesUsage: true,
        reply: { reasoning: 'hm', toolCalls: [{ name: 'f', arguments: { city: 'Kyoto' } }] },
      }),
    );

    const [, text] = await post(vllm, chat, { model, messages, stream: true, tools: [{}] });

    const chunks = sseObjects(text) as {
      usage?: object;
      choices: { delta: { reasoning?: string; tool_calls?: { function: { arguments: string } }[] } }[];
    }[];
    assert.ok(chunks.every(({ usage }) => usage !== undefined));
    assert.ok(chunks.some(({ choices }) => choices[0]?.delta.reasoning === 'hm'));
    const pieces = chunks.map(({ choices }) => choices[0]?.delta.tool_calls?.[0]?.function.arguments ?? '');
    assert.equal(pieces.join(''), '{"city":"Kyoto"}');
    assert.ok(pieces.filter((piece) => piece !== '').length > 1);
  });

  it('guards /v1 with a key and nothing else', async () => {
    const vllm = await started(startVllm({ apiKey: 'k' }));

    assert.deepEqual(await get(vllm, '/v1/models'), [401, '{"error":"Unauthorized"}']);
    assert.equal((await get(vllm, '/v1/models', { authorization: 'Bearer k' }))[0], 200);
    assert.deepEqual(await get(vllm, '/health'), [200, '']);
    assert.deepEqual(await get(vllm, '/props'), [404, '{"detail":"Not Found"}']);
  });
});

describe('The simulated LM Studio', () => {
  afterEach(stopAll);
  const model = 'google/gemma-3-4b';

  it('answers 200 and an error for what it does not know', async () => {
    const studio = await started(startLmStudio());

    assert.deepEqual(await get(studio, '/health'), [200, '{"error":"Unexpected endpoint or method. (GET /health)"}']);
    assert.deepEqual(await get(studio, '/lmstudio-greeting'), [200, '{"lmstudio":true}']);
  });

  it('repeats the role and puts thoughts into the content', async () => {
    const studio = await started(startLmStudio({ reply: { reasoning: 'hm', text: 'yes no' } }));

    const [, text] = await post(studio, chat, { model, messages, stream: true });

    const deltas = (sseObjects(text) as { choices: { delta: { role?: string; content?: string } }[] }[]).map(
      ({ choices }) => choices[0]?.delta,
    );
    assert.ok(deltas.slice(0, -1).every((delta) => delta?.role === 'assistant'));
    assert.equal(deltas.map((delta) => delta?.content ?? '').join(''), '<think>hm</think>yes no');
  });

  for (const [onOverflow, expected] of [
    ['error', /^\{"error":"Trying to keep/],
    ['stream-error', /^data: \{"error":\{"message":"Trying[^]*\},"message":"Trying/],
    ['empty-stream', /"finish_reason":"stop"[^]*\[DONE\]\n\n$/],
  ] as const) {
    it(`reports a prompt that does not fit: ${onOverflow}`, async () => {
      const studio = await started(startLmStudio({ onOverflow, reply: { text: 'never seen', promptTokens: 99_999 } }));

      const [status, text] = await post(studio, chat, { model, messages, stream: true });

      assert.equal(status, onOverflow === 'error' ? 400 : 200);
      assert.match(text, expected);
      assert.ok(!text.includes('never'));
    });
  }

  it('gives floats when base64 was asked for', async () => {
    const studio = await started(startLmStudio());

    const body = { model: 'text-embedding-nomic-embed-text-v1.5', input: 'x', encoding_format: 'base64' };
    const [, text] = await post(studio, '/v1/embeddings', body);

    assert.ok(Array.isArray((JSON.parse(text) as { data: { embedding: unknown }[] }).data[0]?.embedding));
  });

  it('refuses what its own API does not take', async () => {
    const studio = await started(startLmStudio());

    const json = await post(studio, chat, { model, messages, response_format: { type: 'json_object' } });
    const choice = await post(studio, chat, { model, messages, tool_choice: { type: 'function' } });

    assert.deepEqual(json, [400, `{"error":"'response_format.type' must be 'json_schema' or 'text'"}`]);
    assert.equal(choice[0], 400);
    assert.match((await post(studio, chat, { model: 'nope', messages }))[1], /"code":"model_not_found"/);
  });
});

describe('Servers that are no engine', () => {
  afterEach(stopAll);

  it('redirect in a circle', async () => {
    const server = await started(startOddServer('redirect-loop'));

    assert.equal((await get(server, '/v1/models'))[0], 307);
    await assert.rejects(fetch(`${server.url}/v1/models`));
  });

  it('never end: headers, silence', async () => {
    for (const kind of ['slow-headers', 'silent'] as const) {
      const server = await started(startOddServer(kind, { everyMs: 5 }));
      await assert.rejects(fetch(server.url, { signal: AbortSignal.timeout(60) }), { name: 'TimeoutError' });
    }
  });

  it('speak something else', async () => {
    for (const kind of ['tls', 'banner', 'closes', 'resets', 'garbage'] as const) {
      const server = await started(startOddServer(kind));
      await assert.rejects(fetch(server.url, { signal: AbortSignal.timeout(500) }), kind);
    }
  });

  it('send more than anybody wants, no faster than it is read', async () => {
    const server = await started(startOddServer('huge-body'));
    const abort = new AbortController();
    const answer = await fetch(server.url, { signal: abort.signal });
    const reader = answer.body!.getReader();
    await reader.read();

    abort.abort();
    await reader.closed.catch(() => undefined);

    assert.ok(server.sentBytes < 100_000_000);
  });
});

describe('Recorded answers', () => {
  afterEach(stopAll);

  it('are all readable', () => {
    const names = recordingNames();

    assert.ok(names.length > 100);
    for (const name of names) assert.ok(readRecording(name).status >= 200, name);
  });

  it('are served as they were', async () => {
    const replay = await started(replayRecording('chat-stream-usage', { timing: true, speed: 100 }));

    const [status, text] = await post(replay, chat, {});

    assert.equal(status, 200);
    assert.equal(text, readRecording('chat-stream-usage').body);
    assert.match(replay.requests[0]!, /^POST \/v1\/chat\/completions/);
  });
});

describe('The demo engine', () => {
  afterEach(stopAll);

  it('says what it is, and quotes the question in its language', async () => {
    const demo = await started(startDemoEngine());
    demo.script({ timing: {} });

    assert.deepEqual(await get(demo, '/api/version'), [200, JSON.stringify({ version: demoVersion })]);
    const [, english] = await post(demo, chat, {
      model: 'demo-chat',
      messages: [{ role: 'user', content: 'How are you?' }],
    });
    assert.match(english, /FLM demo engine.*How are you\?/);
    assert.match(demoText('元気ですか'), /デモエンジン.*「元気ですか」/);
  });

  it('embeds the same text into the same vector', async () => {
    const demo = await started(startDemoEngine());

    const [, text] = await post(demo, '/v1/embeddings', { model: 'demo-embed', input: ['a cat', 'a dog', 'a cat'] });

    const vectors = (JSON.parse(text) as { data: { embedding: number[] }[] }).data.map(({ embedding }) => embedding);
    assert.deepEqual(vectors[0], vectors[2]);
    assert.notDeepEqual(vectors[0], vectors[1]);
  });

  it('forgets old requests', async () => {
    const demo = await started(startDemoEngine());
    demo.script({ timing: {} });

    for (let index = 0; index < 120; index += 1) {
      await post(demo, chat, { model: 'demo-chat', messages, max_tokens: 1 });
    }

    assert.ok(demo.requests.length <= 101);
  });
});

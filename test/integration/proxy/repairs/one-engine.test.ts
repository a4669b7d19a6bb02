import assert from 'node:assert/strict';
import OpenAI from 'openai';
import { startLmStudio } from '../../../helpers/engines/lmstudio';
import { startOllama } from '../../../helpers/engines/ollama';
import { startOpenAiCompatible } from '../../../helpers/engines/openai-compatible';
import { startVllm } from '../../../helpers/engines/vllm';
import { eventsOf } from '../../../unit/proxy/repairs/support';
import { before, engines, messages, stopAll } from './support';

const tool = (name: string) => ({ type: 'function' as const, function: { name, parameters: { type: 'object' } } });
const statusAndCode = (status: number, code: string | null, param: string | null) => (error: unknown) => {
  assert.ok(error instanceof OpenAI.APIError);
  assert.deepEqual([error.status, error.code, error.param], [status, code, param]);
  return true;
};

describe('Ollama through the proxy', () => {
  afterEach(stopAll);
  const { model } = engines.ollama;

  it('gives answers with colliding ids ids of their own', async () => {
    const { client } = await before(await startOllama({ chatId: 'chatcmpl-7' }), 'ollama', model);

    const ids = [];
    for (let i = 0; i < 3; i++) ids.push((await client.chat.completions.create({ model, messages })).id);
    const stream = await client.chat.completions.create({ model, messages, stream: true });
    const streamed = new Set<string>();
    for await (const chunk of stream) streamed.add(chunk.id);

    assert.equal(new Set([...ids, ...streamed]).size, 4);
  });

  it('keeps to max_completion_tokens', async () => {
    const engine = await startOllama({ reply: { text: 'one two three four five six' } });
    const { client } = await before(engine, 'ollama', model);

    const answer = await client.chat.completions.create({ model, messages, max_completion_tokens: 2 });

    assert.equal(answer.choices[0]?.finish_reason, 'length');
    assert.equal(answer.usage?.completion_tokens, 2);
  });

  it('completes a list of one prompt, and says what to do with more', async () => {
    const { client } = await before(await startOllama(), 'ollama', model);

    const one = await client.completions.create({ model, prompt: ['Hi'] });

    assert.match(one.choices[0]?.text ?? '', /Hi/);
    await assert.rejects(
      client.completions.create({ model, prompt: ['a', 'b'] }),
      statusAndCode(400, 'invalid_request', 'prompt'),
    );
  });

  it('refuses images by web address and token ids, without asking the engine', async () => {
    const engine = await startOllama();
    const { client } = await before(engine, 'ollama', model);
    const content = [{ type: 'image_url' as const, image_url: { url: 'https://pictures.example/cat.png' } }];

    await assert.rejects(
      client.chat.completions.create({ model, messages: [{ role: 'user', content }] }),
      statusAndCode(400, 'invalid_request', 'messages'),
    );
    await assert.rejects(
      client.embeddings.create({ model, input: [1, 2] }),
      statusAndCode(400, 'invalid_request', 'input'),
    );
    assert.equal(engine.requests.length, 0);
  });

  it('warns of a prompt that was cut: in the header, or in a stream before its end', async () => {
    const engine = await startOllama({ reply: { text: 'yes', promptTokens: 100 } });
    const { post } = await before(engine, 'ollama', model, { model: { contextLoaded: 100 } });
    const long = [{ role: 'user', content: 'words '.repeat(500) }];

    const whole = await post('/v1/chat/completions', { model, messages });
    const stream = await (await post('/v1/chat/completions', { model, messages, stream: true })).text();
    const early = await post('/v1/chat/completions', { model, messages: long, stream: true });

    assert.equal(whole.headers.get('x-flm-warning'), 'context-truncated');
    assert.match(stream, /\n\n: x-flm-warning: context-truncated\n\ndata: \[DONE\]/);
    assert.equal(early.headers.get('x-flm-warning'), 'context-truncated');
    assert.equal((await early.text()).includes('x-flm-warning'), false);
  });

  it('finishes the older stream shape alike', async () => {
    const { client } = await before(await startOllama({ hasLegacyStream: true }), 'ollama', model);

    const whole = await client.chat.completions.stream({ model, messages }).finalChatCompletion();

    assert.equal(whole.choices[0]?.finish_reason, 'stop');
  });

  it('makes no repair that is switched off', async () => {
    const config = { 'proxy.repairs.disabled': ['unique-ids', 'no-such-repair'] };
    const { post } = await before(await startOllama({ chatId: 'chatcmpl-7' }), 'ollama', model, { config });

    const answer = await post('/v1/chat/completions', { model, messages });

    assert.equal(((await answer.json()) as { id: string }).id, 'chatcmpl-7');
    assert.equal(answer.headers.get('x-flm-repair'), null);
  });
});

describe('A conversation with several messages of the system', () => {
  afterEach(stopAll);
  const several = [{ role: 'system' as const, content: 'A' }, ...messages, { role: 'system' as const, content: 'B' }];

  for (const kind of ['vllm', 'llamacpp', 'ollama', 'lmstudio'] as const) {
    it(`is put as the template of ${kind}’s model takes it, and named in a header`, async () => {
      const { start, model } = engines[kind];
      const engine = await start();
      const { post } = await before(engine, kind, model, { model: { isSystemFirst: true } });

      const answer = await post('/v1/chat/completions', { model, messages: several });

      assert.equal(answer.status, 200);
      assert.match(answer.headers.get('x-flm-repair') ?? '', /\bsystem-messages\b/);
      const [asked] = engine.requestsTo('/v1/chat/completions');
      assert.deepEqual((asked?.json as Record<string, unknown>).messages, [
        { role: 'system', content: 'A\n\nB' },
        ...messages,
      ]);
    });
  }

  it('goes as it came where the template is not known to refuse it', async () => {
    const { start, model } = engines.vllm;
    const engine = await start();
    const { post } = await before(engine, 'vllm', model);

    const answer = await post('/v1/chat/completions', { model, messages: several });

    assert.equal(answer.status, 400);
    assert.deepEqual((engine.requestsTo('/v1/chat/completions')[0]?.json as Record<string, unknown>).messages, several);
  });

  it('goes as it came where the repair is switched off', async () => {
    const { start, model } = engines.vllm;
    const engine = await start();
    const config = { 'proxy.repairs.disabled': ['system-messages'] };
    const { post } = await before(engine, 'vllm', model, { config, model: { isSystemFirst: true } });

    assert.equal((await post('/v1/chat/completions', { model, messages: several })).status, 400);
  });
});

describe('vLLM through the proxy', () => {
  afterEach(stopAll);
  const { model } = engines.vllm;

  it('takes empty tools, and options of a stream where nothing streams', async () => {
    const { post } = await before(await startVllm(), 'vllm', model);

    const answer = await post('/v1/chat/completions', {
      model,
      messages,
      tools: [],
      tool_choice: 'auto',
      stream_options: { include_usage: true },
    });

    assert.equal(answer.status, 200);
    assert.equal(answer.headers.get('x-flm-repair'), 'stream-options, empty-tools, null-members');
  });

  it('answers without the nulls of its own', async () => {
    const { post } = await before(await startVllm(), 'vllm', model);

    const text = await (await post('/v1/chat/completions', { model, messages })).text();

    assert.deepEqual(
      [...text.matchAll(/"(\w+)":null/g)].map(([, name]) => name),
      ['refusal', 'logprobs'],
    );
  });

  it('hides the usage it is forced to send with every chunk', async () => {
    const { post } = await before(await startVllm({ forcesUsage: true }), 'vllm', model);

    const text = await (await post('/v1/chat/completions', { model, messages, stream: true })).text();

    assert.equal(text.includes('"usage"'), false);
  });

  it('names a prompt that is too long', async () => {
    const engine = await startVllm({ models: [{ id: model, maxModelLen: 10 }], reply: { promptTokens: 50 } });
    const { client } = await before(engine, 'vllm', model);

    await assert.rejects(
      client.chat.completions.create({ model, messages, stream: true }),
      (error: unknown) =>
        error instanceof OpenAI.APIError && error.status === 400 && error.code === 'context_length_exceeded',
    );
  });
});

describe('LM Studio through the proxy', () => {
  afterEach(stopAll);
  const { model } = engines.lmstudio;

  it('embeds in the right dimension for a client that asks for base64 (scenario 30, lmstudio-bug-tracker 756)', async () => {
    const { client, post } = await before(await startLmStudio({ embeddingLength: 768 }), 'lmstudio', model);

    const { data } = await client.embeddings.create({ model, input: ['a', 'b'] });
    const raw = await post('/v1/embeddings', { model, input: 'a', encoding_format: 'base64' });

    assert.deepEqual(
      data.map(({ embedding }) => embedding.length),
      [768, 768],
    );
    assert.equal(raw.headers.get('x-flm-repair'), 'base64-embeddings');
    const [vector] = ((await raw.json()) as { data: { embedding: string }[] }).data;
    assert.equal(Buffer.from(vector?.embedding ?? '', 'base64').length, 768 * 4);
  });

  it('embeds many texts at once, megabytes of them', async () => {
    const { client } = await before(await startLmStudio({ embeddingLength: 1024 }), 'lmstudio', model);

    const { data } = await client.embeddings.create({
      model,
      input: Array.from({ length: 120 }, (_, i) => `text ${i}`),
    });

    assert.equal(data.length, 120);
    assert.ok(data.every(({ embedding }) => embedding.length === 1024));
  });

  it('passes floats to a client that asks for floats', async () => {
    const { post } = await before(await startLmStudio(), 'lmstudio', model);

    const answer = await post('/v1/embeddings', { model, input: 'a', encoding_format: 'float' });

    assert.equal(answer.headers.get('x-flm-repair'), null);
  });

  it('takes json_object and a named tool', async () => {
    const engine = await startLmStudio({ reply: { toolCalls: [{ name: 'g', arguments: {} }] } });
    const { client } = await before(engine, 'lmstudio', model);

    const answer = await client.chat.completions.create({
      model,
      messages,
      tools: [tool('f'), tool('g')],
      tool_choice: { type: 'function', function: { name: 'g' } },
      response_format: { type: 'json_object' },
    });

    assert.equal(answer.choices[0]?.finish_reason, 'tool_calls');
    const { tools, tool_choice: choice } = engine.requests[0]?.json as { tools: unknown; tool_choice: unknown };
    assert.deepEqual([tools, choice], [[tool('g')], 'required']);
  });

  it('says which tool_choice it cannot take', async () => {
    const { client } = await before(await startLmStudio(), 'lmstudio', model);

    await assert.rejects(
      client.chat.completions.create({
        model,
        messages,
        tools: [tool('f')],
        tool_choice: { type: 'function', function: { name: 'h' } },
      }),
      statusAndCode(400, 'invalid_request', 'tool_choice'),
    );
  });

  for (const onOverflow of ['error', 'stream-error', 'empty-stream'] as const) {
    for (const stream of [true, false]) {
      it(`names a prompt that is too long (${onOverflow}, stream: ${stream})`, async () => {
        const engine = await startLmStudio({ onOverflow, reply: { promptTokens: 9000 } });
        const { post, recordOf } = await before(engine, 'lmstudio', model, { model: { contextLoaded: 8192 } });

        const text = await (await post('/v1/chat/completions', { model, messages, stream })).text();

        assert.match(text, /"code":"context_length_exceeded"/);
        assert.equal(text.includes('[DONE]'), false);
        const record = await recordOf();
        assert.deepEqual([record.outcome, record.errorCode], ['engine-error', 'context_length_exceeded']);
      });
    }
  }

  it('tells a named error event as a plain one', async () => {
    const engine = await startLmStudio({
      namesErrorEvents: true,
      reply: { failAfterTokens: 1, failMessage: 'Compute error.' },
    });
    const { post } = await before(engine, 'lmstudio', model);

    const text = await (await post('/v1/chat/completions', { model, messages, stream: true })).text();

    assert.equal(text.includes('event:'), false);
    assert.match(text, /data: \{"error":\{"message":"Compute error\."[^\n]*\n\n$/);
  });

  it('drops the empty names of later tool call pieces', async () => {
    const engine = await startLmStudio({
      repeatsEmptyName: true,
      reply: { toolCalls: [{ name: 'f', arguments: { x: 1 } }] },
    });
    const { post } = await before(engine, 'lmstudio', model);

    const text = await (
      await post('/v1/chat/completions', { model, messages, stream: true, tools: [tool('f')] })
    ).text();

    assert.equal(eventsOf(text).filter((event) => JSON.stringify(event).includes('"name"')).length, 1);
  });
});

describe('a server of no known kind through the proxy', () => {
  afterEach(stopAll);

  it('gets max_tokens for max_completion_tokens, and its stream passes unread', async () => {
    const engine = await startOpenAiCompatible({ models: ['m'] });
    const { post } = await before(engine, 'openai', 'm');

    const answer = await post('/v1/chat/completions', {
      model: 'm',
      messages,
      stream: true,
      max_completion_tokens: 50,
    });
    await answer.text();

    assert.equal(answer.headers.get('x-flm-repair'), 'max-tokens');
    assert.deepEqual(engine.requests[0]?.json, {
      model: 'm',
      messages,
      stream: true,
      max_completion_tokens: 50,
      max_tokens: 50,
    });
  });

  it('cannot pass off headers of its own as FLM’s', async () => {
    const engine = await startOpenAiCompatible({ models: ['m'], headers: { 'x-flm-repair': 'lies' } });
    const { post } = await before(engine, 'openai', 'm');

    assert.equal((await post('/v1/chat/completions', { model: 'm', messages })).headers.get('x-flm-repair'), null);
  });
});

import Anthropic, {
  APIError,
  AuthenticationError,
  BadRequestError,
  InternalServerError,
  NotFoundError,
  RateLimitError,
} from '@anthropic-ai/sdk';
import assert from 'node:assert/strict';
import type { Refusal } from '../../../../src/core/request';
import type { JsonObject } from '../../../../src/proxy/repairs/json-object';
import { startProxy } from '../../../helpers/proxy-harness';
import { engines } from '../repairs/support';
import { before, stopAll, ways } from './dialect-support';

const messages = [{ role: 'user' as const, content: 'Hi' }];
const pixel = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk';
const weather = { name: 'weather', input_schema: { type: 'object' as const, properties: {} } };

function sdk(url: string): Anthropic {
  return new Anthropic({ baseURL: url, apiKey: 'unused', maxRetries: 0 });
}

const ask = (model: string) => ({ model, max_tokens: 64, messages });

describe('Requests of Anthropic’s client', () => {
  afterEach(stopAll);

  it('reach the engine as chat requests, with pictures, calls and their results', async () => {
    const { url, model, engine } = await before('vllm', 'translated');

    await sdk(url).messages.create({
      ...ask(model),
      system: [{ type: 'text', text: 'Be brief.', cache_control: { type: 'ephemeral' } }],
      tools: [weather],
      tool_choice: { type: 'any', disable_parallel_tool_use: true },
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'What is this?' },
            { type: 'image', source: { type: 'base64', media_type: 'image/png', data: pixel } },
          ],
        },
        {
          role: 'assistant',
          content: [
            { type: 'thinking', thinking: 'Hm', signature: 'flm' },
            { type: 'tool_use', id: 'call_1', name: 'weather', input: { city: 'Köln' } },
          ],
        },
        {
          role: 'user',
          content: [{ type: 'tool_result', tool_use_id: 'call_1', content: 'rain', is_error: true }],
        },
      ],
    });

    const sent = engine.requestsTo('/v1/chat/completions')[0]?.json as JsonObject;
    assert.deepEqual(sent.messages, [
      { role: 'system', content: 'Be brief.' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'What is this?' },
          { type: 'image_url', image_url: { url: `data:image/png;base64,${pixel}` } },
        ],
      },
      {
        role: 'assistant',
        content: null,
        reasoning: 'Hm',
        reasoning_content: 'Hm',
        tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'weather', arguments: '{"city":"Köln"}' } }],
      },
      { role: 'tool', tool_call_id: 'call_1', content: 'Error: rain' },
    ]);
    assert.equal(sent.model, engines.vllm.model);
    assert.equal(sent.tool_choice, 'required');
    assert.equal(sent.parallel_tool_calls, false);
  });

  it('go through as they are to an engine that speaks the dialect, but for the model’s name', async () => {
    const { url, model, engine } = await before('vllm', 'native');
    const request = { ...ask(model), metadata: { user_id: 'u' } };

    await sdk(url).messages.create(request);

    assert.deepEqual(engine.requestsTo('/v1/messages')[0]?.json, { ...request, model: engines.vllm.model });
  });

  for (const way of ways) {
    it(`of the beta interface are understood, ${way}`, async () => {
      const { url, model } = await before('vllm', way, { reply: { text: 'Yes' } });

      const message = await sdk(url).beta.messages.create({ ...ask(model), betas: ['context-management-2025-06-27'] });

      assert.deepEqual(
        message.content.map((block) => block.type),
        ['text'],
      );
    });
  }

  it('with what only Anthropic’s servers can do are refused by the name of the member', async () => {
    const { url, model, engine } = await before('llamacpp', 'translated');
    const client = sdk(url);
    const document = { type: 'document' as const, source: { type: 'url' as const, url: 'https://x.test/a.pdf' } };

    const searching = client.messages.create({
      ...ask(model),
      tools: [{ type: 'web_search_20250305', name: 'web_search' }],
    });
    const reading = client.messages.create({ ...ask(model), messages: [{ role: 'user', content: [document] }] });

    await assert.rejects(
      searching,
      (error) => error instanceof BadRequestError && /tools\.0\.type/.test(error.message),
    );
    await assert.rejects(
      reading,
      (error) => error instanceof BadRequestError && /messages\.0\.content\.0\.type.*'document'/.test(error.message),
    );
    assert.equal(engine.requests.length, 0);
  });

  it('for unknown models get the error that its client knows, with the id of the request', async () => {
    const { url } = await before('llamacpp', 'translated');

    const asked = sdk(url).messages.create(ask('nope'));

    await assert.rejects(asked, (error) => {
      assert.ok(error instanceof NotFoundError);
      assert.match(String(error.requestID), /^req_/);
      assert.deepEqual([error.type, (error.error as JsonObject).request_id], ['not_found_error', error.requestID]);
      return true;
    });
  });

  it('that are no JSON, or come without a model, are told so in the dialect', async () => {
    const { post } = await before('llamacpp', 'translated');

    for (const body of ['{"model":', '{}', '']) {
      const answer = await post('/v1/messages?beta=true', body);

      assert.equal(answer.status, 400);
      const { type, error } = (await answer.json()) as { type: string; error: { type: string } };
      assert.deepEqual([type, error.type], ['error', 'invalid_request_error']);
    }
  });

  for (const [code, expected, path] of [
    ['key_missing', AuthenticationError, '/v1/messages'],
    ['rate_limited', RateLimitError, '/v1/messages'],
    ['key_invalid', AuthenticationError, '/v1/models'],
  ] as const) {
    it(`refused with ${code} get the error that its client knows on ${path}`, async () => {
      const refusal: Refusal = { rule: 'test', code, message: 'no', retryAfterSec: 1 };
      const proxy = await startProxy({ gate: { admit: () => ({ ok: false, refusal }) } });
      const client = sdk(proxy.url);

      const asked = path === '/v1/models' ? client.models.list() : client.messages.create(ask('m'));

      await assert.rejects(asked, (error) => error instanceof expected && /no/.test(error.message));
      await proxy.stop();
    });
  }

  it('get the engine’s refusals in the dialect as well', async () => {
    for (const way of ways) {
      const { url, model } = await before('vllm', way, {
        answers: {
          '/v1/chat/completions': {
            status: 400,
            body: { error: { message: 'maximum context length is 4096 tokens' } },
          },
          '/v1/messages': { status: 503, body: { error: 'The model is currently scaling.' } },
        },
      });

      const expected = way === 'native' ? InternalServerError : BadRequestError;
      await assert.rejects(sdk(url).messages.create(ask(model)), expected);
    }
  });

  for (const way of ways) {
    it(`hear pings while a model loads, and their errors after that, ${way}`, async () => {
      const config = { 'proxy.heartbeatSeconds': 0.05 };
      const script = {
        timing: { loadMs: 1000 },
        reply: { text: 'one two', failAfterTokens: 0, failMessage: 'no memory' },
      };
      const { url, model, post } = await before('ollama', way, script, { config });

      const text = await (await post('/v1/messages', { ...ask(model), stream: true })).text();
      const asked = sdk(url).messages.stream(ask(model)).finalMessage();

      assert.match(text, /^event: ping\ndata: \{"type":"ping"\}\n\nevent: ping/);
      assert.match(text, /event: error\ndata: \{"type":"error","error":\{[^\n]*\n\n$/);
      await assert.rejects(asked, APIError);
    });
  }

  it('are whole when pings come in between', async () => {
    const config = { 'proxy.heartbeatSeconds': 0.05 };
    const script = { wire: { stall: { afterEvents: 2, forMs: 200 } }, reply: { text: ['one', ' two', ' three'] } };
    for (const way of ways) {
      const { url, model } = await before('vllm', way, script, { config });

      const message = await sdk(url).messages.stream(ask(model)).finalMessage();

      assert.deepEqual(
        message.content.map((block) => block.type === 'text' && block.text),
        ['one two three'],
      );
    }
  });

  for (const how of ['eof', 'close', 'mid-chunk', 'reset'] as const) {
    it(`throw when the engine’s stream ends early by ${how}`, async () => {
      for (const kind of ['ollama', 'vllm', 'lmstudio'] as const) {
        for (const way of ways) {
          const { url, model, recordOf } = await before(kind, way, {
            reply: { text: 'one two three four five six seven eight' },
            wire: { cut: { afterEvents: 5, how } },
          });

          // Half an event that was passed on already makes its reader throw by itself
          const isHalf = how === 'mid-chunk' && way === 'native';
          const asked = sdk(url).messages.stream(ask(model)).finalMessage();
          await assert.rejects(asked, isHalf ? Error : APIError, `${kind} ${way}`);

          assert.equal((await recordOf()).errorCode, 'engine_stream_broken');
        }
      }
    });
  }

  for (const way of ways) {
    it(`that are given up end the engine’s work, ${way}`, async () => {
      const { url, model, engine, recordOf } = await before('llamacpp', way, {
        timing: { tokenMs: 20 },
        reply: { text: 'word '.repeat(500) },
      });

      const stream = sdk(url).messages.stream(ask(model));
      stream.on('text', () => stream.abort());
      await assert.rejects(stream.finalMessage());

      assert.equal(await engine.requests[0]?.ended, 'aborted');
      assert.equal((await recordOf()).outcome, 'aborted');
    });
  }

  it('get a stream made of a whole answer when the engine does not stream', async () => {
    const whole = {
      id: 'c',
      object: 'chat.completion',
      model: 'm',
      choices: [{ index: 0, message: { role: 'assistant', content: 'All at once' }, finish_reason: 'stop' }],
      usage: { prompt_tokens: 2, completion_tokens: 3 },
    };
    const { url, model } = await before('llamacpp', 'translated', {
      answers: { '/v1/chat/completions': { body: whole } },
    });

    const message = await sdk(url).messages.stream(ask(model)).finalMessage();

    assert.deepEqual(
      message.content.map((block) => block.type === 'text' && block.text),
      ['All at once'],
    );
    assert.equal(message.usage.output_tokens, 3);
  });

  it('that count tokens are answered by the engine where it can, else estimated, and that is said', async () => {
    const native = await before('llamacpp', 'native');
    const estimated = await before('ollama', 'native');
    const count = (url: string, model: string) => sdk(url).messages.countTokens({ model, messages }).withResponse();

    const exact = await count(native.url, native.model);
    const guess = await count(estimated.url, estimated.model);

    assert.equal(exact.data.input_tokens, 1);
    assert.equal(exact.response.headers.get('x-flm-estimate'), null);
    assert.equal(guess.response.headers.get('x-flm-estimate'), 'characters');
    assert.ok(guess.data.input_tokens > 0);
    assert.equal(estimated.engine.requests.length, 0);
  });

  it('list and find the models in Anthropic’s form', async () => {
    const { url, model } = await before('llamacpp', 'translated', {}, { model: { contextLoaded: 8192 } });
    const client = sdk(url);

    const listed = [];
    for await (const each of client.models.list({ limit: 1 })) listed.push(each);
    const found = await client.models.retrieve(model);

    assert.deepEqual(
      listed.map(({ id, type, max_input_tokens: context }) => [id, type, context]),
      [[model, 'model', 8192]],
    );
    assert.deepEqual(found, listed[0]);
    await assert.rejects(client.models.retrieve('nope'), NotFoundError);
  });
});

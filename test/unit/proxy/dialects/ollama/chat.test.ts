import assert from 'node:assert/strict';
import { ollamaChat } from '../../../../../src/proxy/dialects/ollama/chat';
import { without } from '../../../../../src/proxy/repairs/json-object';
import { contextOf, entryOf, refusalOf, toldOf, translate, translationOf } from './support';

const hi = [{ role: 'user', content: 'Hi' }];
const png = Buffer.from('\x89PNG\r\n\x1a\nrest of a picture', 'latin1').toString('base64');
const to = (kind: Parameters<typeof entryOf>[0], model = {}) => contextOf(entryOf(kind, model));

describe('a chat request of Ollama’s API', () => {
  it('is left alone where the engine is Ollama', () => {
    const body = { model: 'm' } as never;

    assert.equal(ollamaChat.nativePath(entryOf('ollama'), body), '/api/chat');
    assert.equal(ollamaChat.nativePath(entryOf('llamacpp'), body), undefined);
  });

  it('becomes a chat request of OpenAI’s API', () => {
    const { route, request } = translationOf(ollamaChat, { messages: hi, keep_alive: '5m' });

    assert.equal(route, '/v1/chat/completions');
    assert.deepEqual(request, { messages: hi });
  });

  it('turns bare base64 pictures into data URLs of the type their first bytes show', () => {
    const { request } = translationOf(ollamaChat, { messages: [{ role: 'user', content: 'What?', images: [png] }] });

    const url = `data:image/png;base64,${png}`;
    const content = [
      { type: 'text', text: 'What?' },
      { type: 'image_url', image_url: { url } },
    ];
    assert.deepEqual(request.messages, [{ role: 'user', content }]);
  });

  it('refuses what is no picture, as Ollama would', () => {
    const [status, message] = refusalOf(ollamaChat, {
      messages: [{ role: 'user', content: '', images: ['aGVsbG8='] }],
    });

    assert.equal(status, 400);
    assert.match(message, /not base64 of a PNG/);
  });

  it('writes tool arguments as text and gives answers the id of their call, by name or in order', () => {
    const { request } = translationOf(ollamaChat, {
      messages: [
        {
          role: 'assistant',
          content: '',
          tool_calls: [{ function: { name: 'a', arguments: { x: 1 } } }, { function: { name: 'b', arguments: {} } }],
        },
        { role: 'tool', tool_name: 'b', content: 'B' },
        { role: 'tool', content: 'A' },
      ],
    });

    const called = (id: string, name: string, text: string) => ({
      id,
      type: 'function',
      function: { name, arguments: text },
    });
    assert.deepEqual(request.messages, [
      {
        role: 'assistant',
        content: '',
        tool_calls: [called('call_req_1_0', 'a', '{"x":1}'), called('call_req_1_1', 'b', '{}')],
      },
      { role: 'tool', content: 'B', tool_call_id: 'call_req_1_1' },
      { role: 'tool', content: 'A', tool_call_id: 'call_req_1_0' },
    ]);
  });

  it('keeps the ids that a client has', () => {
    const { request } = translationOf(ollamaChat, {
      messages: [
        { role: 'assistant', content: '', tool_calls: [{ id: 'c9', function: { name: 'a', arguments: {} } }] },
        { role: 'tool', tool_call_id: 'c9', content: '' },
      ],
    });

    const [call, answer] = request.messages as [{ tool_calls: { id: string }[] }, { tool_call_id: string }];
    assert.deepEqual([call.tool_calls[0]?.id, answer.tool_call_id], ['c9', 'c9']);
  });

  it('maps options to what each engine calls them, and leaves out what concerns loading', () => {
    const options = { temperature: 0.5, num_predict: 20, stop: ['x'], top_k: 40, repeat_penalty: 1.1, num_ctx: 8192 };
    const mapped = (['llamacpp', 'vllm', 'openai'] as const).map((kind) => {
      return without(translationOf(ollamaChat, { messages: hi, options }, to(kind)).request, 'messages');
    });

    const common = { temperature: 0.5, stop: ['x'], max_tokens: 20 };
    assert.deepEqual(mapped, [
      { ...common, top_k: 40, repeat_penalty: 1.1 },
      { ...common, top_k: 40, repetition_penalty: 1.1 },
      common,
    ]);
  });

  it('sets no limit for num_predict -1 and -2', () => {
    for (const num_predict of [-1, -2]) {
      assert.equal(
        'max_tokens' in translationOf(ollamaChat, { messages: hi, options: { num_predict } }).request,
        false,
      );
    }
  });

  it('turns format into response_format', () => {
    const schema = { type: 'object', properties: {} };
    const format = (value: unknown) =>
      translationOf(ollamaChat, { messages: hi, format: value }).request.response_format;

    assert.deepEqual(format('json'), { type: 'json_object' });
    assert.deepEqual(format(schema), { type: 'json_schema', json_schema: { name: 'answer', schema, strict: true } });
    assert.deepEqual([format(''), format(null)], [undefined, undefined]);
    assert.equal(refusalOf(ollamaChat, { messages: hi, format: 'xml' })[0], 400);
  });

  it('switches thinking by the chat template or by a level', () => {
    const think = (value: unknown, kind: 'vllm' | 'lmstudio') => {
      return without(translationOf(ollamaChat, { messages: hi, think: value }, to(kind)).request, 'messages');
    };

    assert.deepEqual(think(false, 'vllm'), { chat_template_kwargs: { enable_thinking: false } });
    assert.deepEqual(think('high', 'lmstudio'), { reasoning_effort: 'high' });
    assert.deepEqual(think(true, 'lmstudio'), {});
  });

  it('leaves an empty list of tools out', () => {
    assert.equal('tools' in translationOf(ollamaChat, { messages: hi, tools: [] }).request, false);
  });

  it('refuses content that is no text', () => {
    assert.equal(refusalOf(ollamaChat, { messages: [{ role: 'user', content: [] }] })[0], 400);
  });
});

describe('a chat request without messages', () => {
  it('is answered without the engine where the model is loaded or nobody knows', () => {
    for (const isLoaded of [true, undefined]) {
      const translated = translate(ollamaChat, { messages: [] }, to('llamacpp', isLoaded ? { isLoaded } : {}));

      assert.ok(translated.ok === 'answered');
      assert.deepEqual(translated.answer, {
        model: 'asked',
        created_at: '2026-01-02T00:00:00.000Z',
        message: { role: 'assistant', content: '' },
        done: true,
        done_reason: 'load',
      });
    }
  });

  it('loads a model that is not: one token is asked for and not told', () => {
    const context = contextOf(entryOf('lmstudio', { isLoaded: false }), 1500);
    const translation = translationOf(ollamaChat, { messages: [] }, context);

    assert.equal(translation.request.max_tokens, 1);
    const told = toldOf(translation, { choices: [{ message: { content: 'x' }, finish_reason: 'length' }] });
    assert.deepEqual(
      [told.message, told.done_reason, told.load_duration],
      [{ role: 'assistant', content: '' }, 'load', 1_500_000_000],
    );
  });

  it('does not say it unloaded what it did not', () => {
    for (const keep_alive of [0, '0', '0s']) {
      const [status, message] = refusalOf(ollamaChat, { messages: [], keep_alive });

      assert.equal(status, 501);
      assert.match(message, /does not unload/);
    }
  });
});

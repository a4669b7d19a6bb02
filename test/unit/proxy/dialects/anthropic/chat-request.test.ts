import assert from 'node:assert/strict';
import { anthropicMessages } from '../../../../../src/proxy/dialects/anthropic/messages';
import { without } from '../../../../../src/proxy/repairs/json-object';
import { bodyOf } from '../../repairs/support';
import { entryOf, refusedParam, translate, translationOf } from '../dialect-support';

const base = { model: 'm', max_tokens: 10, messages: [{ role: 'user', content: 'Hi' }] };

function requestOf(members: object, entry = entryOf('openai')) {
  return translationOf(anthropicMessages, { ...base, ...members }, entry).request;
}

function messagesOf(...messages: object[]): unknown {
  return requestOf({ messages }).messages;
}

const user = (...content: object[]) => ({ role: 'user', content });
const assistant = (...content: object[]) => ({ role: 'assistant', content });
const text = (said: string) => ({ type: 'text', text: said });
const result = (id: string, content?: unknown) => ({ type: 'tool_result', tool_use_id: id, content });

describe('A message request as a chat request', () => {
  it('holds nothing that the client did not ask for', () => {
    assert.deepEqual(requestOf({}), { max_tokens: 10, messages: [{ role: 'user', content: 'Hi' }] });
  });

  it('leaves out what no answer depends on', () => {
    const request = requestOf({
      metadata: { user_id: 'u' },
      service_tier: 'auto',
      cache_control: { type: 'ephemeral' },
      context_management: { edits: [] },
      betas: ['x'],
      container: null,
      mcp_servers: [],
      tools: [],
      tool_choice: { type: 'auto' },
    });

    assert.deepEqual(Object.keys(request).sort(), ['max_tokens', 'messages']);
  });

  describe('with a limit for the answer', () => {
    const small = { contextLoaded: 4096 };
    const picture = { type: 'image', source: { type: 'base64', data: 'A'.repeat(20_000) } };
    for (const [what, kind, members, expected] of [
      ['keeps one that fits', 'vllm', { max_tokens: 1000 }, 1000],
      ['leaves out one beyond the context, which vLLM would refuse', 'vllm', { max_tokens: 32_000 }, undefined],
      ['keeps it where the engine takes what fits by itself', 'llamacpp', { max_tokens: 32_000 }, 32_000],
      ['does not take the bytes of pictures for tokens', 'vllm', { max_tokens: 100, messages: [user(picture)] }, 100],
    ] as const) {
      it(what, () => {
        assert.equal(requestOf(members, entryOf(kind, undefined, small)).max_tokens, expected);
      });
    }

    it('keeps any where the context is not known', () => {
      assert.equal(requestOf({ max_tokens: 32_000 }, entryOf('vllm')).max_tokens, 32_000);
    });

    it('is translated if it might not fit, though the engine speaks the dialect', () => {
      const pathOf = (limit: number) =>
        anthropicMessages.nativePath(entryOf('vllm', '0.26.0', small), bodyOf({ ...base, max_tokens: limit }));

      assert.deepEqual([pathOf(1000), pathOf(32_000)], ['/v1/messages', undefined]);
    });
  });

  it('keeps sampling and stops', () => {
    const request = requestOf({ temperature: 0.2, top_p: 0.9, top_k: 5, stop_sequences: ['END'] });

    assert.deepEqual([request.temperature, request.top_p, request.top_k, request.stop], [0.2, 0.9, 5, ['END']]);
  });

  it('joins the system’s blocks, without the one that would spoil every prompt cache', () => {
    const system = [text('x-anthropic-billing-header: cch=1a2b3;'), text('Be brief.'), text('Be kind.')];

    const { messages } = requestOf({ system });

    assert.deepEqual((messages as unknown[])[0], { role: 'system', content: 'Be brief.\n\nBe kind.' });
  });

  it('makes one string of texts, since some engines make a message of each part', () => {
    assert.deepEqual(messagesOf(user(text('One'), text('Two'))), [{ role: 'user', content: 'One\n\nTwo' }]);
  });

  it('keeps the order of texts and pictures', () => {
    const picture = { type: 'image', source: { type: 'url', url: 'https://x.test/a.png' } };

    assert.deepEqual(messagesOf(user(text('One'), picture, text('Two'))), [
      {
        role: 'user',
        content: [text('One'), { type: 'image_url', image_url: { url: 'https://x.test/a.png' } }, text('Two')],
      },
    ]);
  });

  it('puts results of tools right behind their calls, and what the user says after them', () => {
    const calls = assistant(
      text('Let me see.'),
      { type: 'tool_use', id: 'a', name: 'f', input: { x: 1 } },
      { type: 'tool_use', id: 'b', name: 'g', input: {} },
    );
    const results = user(text('And now?'), result('a', [text('1'), text('2')]), result('b'));

    assert.deepEqual(messagesOf(calls, results), [
      {
        role: 'assistant',
        content: 'Let me see.',
        tool_calls: [
          { id: 'a', type: 'function', function: { name: 'f', arguments: '{"x":1}' } },
          { id: 'b', type: 'function', function: { name: 'g', arguments: '{}' } },
        ],
      },
      { role: 'tool', tool_call_id: 'a', content: '1\n\n2' },
      { role: 'tool', tool_call_id: 'b', content: '' },
      { role: 'user', content: 'And now?' },
    ]);
  });

  it('hands pictures of a tool’s result over in the user’s name', () => {
    const picture = { type: 'image', source: { type: 'base64', media_type: 'image/jpeg', data: 'AAAA' } };

    assert.deepEqual(messagesOf(user(result('a', [text('Seen'), picture]))), [
      { role: 'tool', tool_call_id: 'a', content: 'Seen' },
      {
        role: 'user',
        content: [
          text('Image of the tool result a:'),
          { type: 'image_url', image_url: { url: 'data:image/jpeg;base64,AAAA' } },
        ],
      },
    ]);
  });

  it('leaves out thoughts that were redacted', () => {
    const said = assistant({ type: 'redacted_thinking', data: 'x' }, text('Yes'));

    assert.deepEqual(messagesOf(said), [{ role: 'assistant', content: 'Yes' }]);
  });

  for (const [choice, expected] of [
    [{ type: 'auto' }, 'auto'],
    [{ type: 'any' }, 'required'],
    [{ type: 'none' }, 'none'],
    [
      { type: 'tool', name: 'f' },
      { type: 'function', function: { name: 'f' } },
    ],
  ] as const) {
    it(`chooses tools by ${JSON.stringify(choice)}`, () => {
      const request = requestOf({ tools: [{ name: 'f', input_schema: { type: 'object' } }], tool_choice: choice });

      assert.deepEqual(request.tool_choice, expected);
      assert.deepEqual(request.tools, [{ type: 'function', function: { name: 'f', parameters: { type: 'object' } } }]);
      assert.equal(request.parallel_tool_calls, undefined);
    });
  }

  it('asks for a form of the answer under both names it has had', () => {
    const format = { type: 'json_schema', schema: { type: 'object' } };

    for (const members of [{ output_config: { format } }, { output_format: format }]) {
      assert.deepEqual(requestOf(members).response_format, {
        type: 'json_schema',
        json_schema: { name: 'output', strict: true, schema: { type: 'object' } },
      });
    }
  });

  it('has vLLM go on with the assistant’s words', () => {
    const messages = [...base.messages, { role: 'assistant', content: 'The answer is' }];

    assert.equal(requestOf({ messages }, entryOf('vllm')).continue_final_message, true);
    assert.equal(requestOf({ messages }, entryOf('llamacpp')).continue_final_message, undefined);
    assert.equal(requestOf({}, entryOf('vllm')).continue_final_message, undefined);
  });

  describe('with a wish for thinking', () => {
    const thinker = { capabilities: ['chat', 'thinking'] as const };
    const enabled = { thinking: { type: 'enabled', budget_tokens: 2048 } };
    const disabled = { thinking: { type: 'disabled' } };
    for (const [what, members, entry, expected] of [
      ['nothing', {}, entryOf('llamacpp'), {}],
      [
        'on',
        enabled,
        entryOf('llamacpp'),
        { chat_template_kwargs: { enable_thinking: true }, thinking_budget_tokens: 2048 },
      ],
      ['off', disabled, entryOf('llamacpp'), { chat_template_kwargs: { enable_thinking: false } }],
      ['on', enabled, entryOf('vllm'), { chat_template_kwargs: { enable_thinking: true } }],
      [
        'adaptive',
        { thinking: { type: 'adaptive' }, output_config: { effort: 'max' } },
        entryOf('vllm'),
        { reasoning_effort: 'high', chat_template_kwargs: { enable_thinking: true } },
      ],
      ['on', enabled, entryOf('ollama', undefined, thinker), { reasoning_effort: 'low' }],
      ['off', disabled, entryOf('ollama', undefined, thinker), { reasoning_effort: 'none' }],
      ['on, of a model that cannot', enabled, entryOf('ollama'), {}],
      ['off', disabled, entryOf('lmstudio', undefined, thinker), {}],
    ] as const) {
      it(`${what} tells ${entry.engine.kind} ${JSON.stringify(expected)}`, () => {
        const rest = without(requestOf(members, entry), 'max_tokens', 'messages');

        assert.deepEqual(rest, expected);
      });
    }
  });

  for (const [param, members] of [
    ['messages', { messages: 'Hi' }],
    ['messages.0', { messages: ['Hi'] }],
    ['messages.0.role', { messages: [{ role: 'tool', content: 'x' }] }],
    ['messages.0.content', { messages: [{ role: 'user' }] }],
    ['messages.0.content.1.type', { messages: [user(text('a'), { type: 'document', source: {} })] }],
    ['messages.0.content.0.text', { messages: [user({ type: 'text', text: 5 })] }],
    [
      'messages.0.content.0.source.type',
      { messages: [user({ type: 'image', source: { type: 'file', file_id: 'f' } })] },
    ],
    ['messages.0.content.0.content.0.type', { messages: [user(result('a', [{ type: 'search_result' }]))] }],
    ['messages.0.content.0.type', { messages: [assistant({ type: 'server_tool_use', id: 'x', name: 'web_search' })] }],
    ['system.0.type', { system: [{ type: 'image' }] }],
    ['tools.0.type', { tools: [{ type: 'computer_20250124', name: 'computer' }] }],
    ['tools.0.name', { tools: [{ input_schema: {} }] }],
    ['tool_choice.type', { tools: [{ name: 'f' }], tool_choice: { type: 'maybe' } }],
    ['container', { container: 'c' }],
    ['mcp_servers', { mcp_servers: [{ type: 'url', url: 'https://x.test' }] }],
    ['output_config.format.type', { output_config: { format: { type: 'grammar' } } }],
    ['stop_sequences', { stop_sequences: 'END' }],
  ] as const) {
    it(`is refused by the name of ${param}`, () => {
      assert.equal(refusedParam(anthropicMessages, { ...base, ...members }), param);
    });
  }

  it('survives any nesting and null', () => {
    for (const value of [null, 0, true, '', [], {}, [null], [[]], [{}], { type: null }]) {
      for (const name of [
        'messages',
        'system',
        'tools',
        'tool_choice',
        'thinking',
        'output_config',
        'stop_sequences',
      ]) {
        assert.doesNotThrow(
          () => translate(anthropicMessages, { ...base, [name]: value }),
          `${name} ${JSON.stringify(value)}`,
        );
      }
    }
  });
});

describe('Engines that speak the Messages API', () => {
  for (const [kind, version, stream, path] of [
    ['ollama', '0.14.0', false, '/v1/messages'],
    ['ollama', '0.13.5', false, undefined],
    ['vllm', '0.12.0', true, '/v1/messages'],
    ['vllm', '0.11.0', true, undefined],
    ['llamacpp', 'b9775-be4a6a63e', true, '/v1/messages'],
    ['llamacpp', 'b9775-be4a6a63e', false, undefined],
    ['llamacpp', 'b7000-abc', true, undefined],
    ['lmstudio', undefined, true, undefined],
    ['openai', '1.0.0', true, undefined],
  ] as const) {
    it(`${path === undefined ? 'do not include' : 'include'} ${kind} ${version ?? ''}, ${stream ? 'streaming' : 'whole'}`, () => {
      assert.equal(anthropicMessages.nativePath(entryOf(kind, version), bodyOf({ ...base, stream })), path);
    });
  }

  for (const [what, kind, version, members] of [
    ['a named tool', 'llamacpp', 'b9775', { tool_choice: { type: 'tool', name: 'f' } }],
    ['no tool at all', 'ollama', '0.32.15', { tool_choice: { type: 'none' } }],
    ['a schema', 'vllm', '0.26.0', { output_config: { format: { type: 'json_schema', schema: {} } } }],
    ['a schema by its old name', 'ollama', '0.32.15', { output_format: { type: 'json_schema', schema: {} } }],
  ] as const) {
    it(`are asked in their chat API for ${what}: ${kind}`, () => {
      const pathOf = (more: object) =>
        anthropicMessages.nativePath(entryOf(kind, version), bodyOf({ ...base, stream: true, ...more }));

      assert.deepEqual([pathOf(members), pathOf({})], [undefined, '/v1/messages']);
    });
  }
});

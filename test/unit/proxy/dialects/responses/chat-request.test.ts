import assert from 'node:assert/strict';
import { openAiResponses } from '../../../../../src/proxy/dialects/responses/responses';
import { entryOf, refusedParam, translate, translationOf } from '../dialect-support';
import { bodyOf } from '../../repairs/support';

const base = { model: 'm', input: 'Hi' };

function requestOf(members: object, entry = entryOf('openai')) {
  return translationOf(openAiResponses, { ...base, ...members }, entry).request;
}

describe('A request for a response as a chat request', () => {
  it('holds nothing that the client did not ask for', () => {
    assert.deepEqual(requestOf({ store: true, metadata: {}, include: [], truncation: 'auto', tools: [], user: 'u' }), {
      messages: [{ role: 'user', content: 'Hi' }],
    });
  });

  it('makes one message of what the assistant thought, said and called', () => {
    const input = [
      { role: 'user', content: 'Hi' },
      { type: 'reasoning', id: 'rs', summary: [], content: [{ type: 'reasoning_text', text: 'Hm' }] },
      { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'Let me see.', annotations: [] }] },
      { type: 'function_call', call_id: 'a', name: 'f', arguments: '{}' },
      { type: 'function_call_output', call_id: 'a', output: '1' },
      { role: 'assistant', content: 'Done.' },
    ];

    assert.deepEqual(requestOf({ input }).messages, [
      { role: 'user', content: 'Hi' },
      {
        role: 'assistant',
        content: 'Let me see.',
        reasoning: 'Hm',
        reasoning_content: 'Hm',
        tool_calls: [{ id: 'a', type: 'function', function: { name: 'f', arguments: '{}' } }],
      },
      { role: 'tool', tool_call_id: 'a', content: '1' },
      { role: 'assistant', content: 'Done.' },
    ]);
  });

  it('takes what developers say for the system', () => {
    const input = [
      { role: 'developer', content: [{ type: 'input_text', text: 'Be brief.' }] },
      { role: 'user', content: 'Hi' },
    ];

    assert.deepEqual(requestOf({ input }).messages, [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Hi' },
    ]);
  });

  it('hands pictures of an output over in the user’s name', () => {
    const output = [{ type: 'input_image', image_url: 'data:image/png;base64,AAAA' }];

    const { messages } = requestOf({ input: [{ type: 'function_call_output', call_id: 'a', output }] });

    assert.deepEqual(messages, [
      { role: 'tool', tool_call_id: 'a', content: '' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'Images of the output of a:' },
          { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } },
        ],
      },
    ]);
  });

  it('leaves only the tools that are allowed', () => {
    const tools = ['f', 'g'].map((name) => ({ type: 'function', name, parameters: { type: 'object' }, strict: true }));
    const choice = { type: 'allowed_tools', mode: 'required', tools: [{ type: 'function', name: 'g' }] };

    const request = requestOf({ tools, tool_choice: choice, parallel_tool_calls: false });

    assert.deepEqual(request.tools, [
      { type: 'function', function: { name: 'g', parameters: { type: 'object' }, strict: true } },
    ]);
    assert.deepEqual([request.tool_choice, request.parallel_tool_calls], ['required', false]);
  });

  for (const [format, expected] of [
    [{ type: 'text' }, undefined],
    [{ type: 'json_object' }, { type: 'json_object' }],
    [
      { type: 'json_schema', name: 'n', schema: {}, strict: false, description: 'd' },
      { type: 'json_schema', json_schema: { name: 'n', schema: {}, strict: false, description: 'd' } },
    ],
  ] as const) {
    it(`asks for ${format.type}`, () => {
      assert.deepEqual(requestOf({ text: { format } }).response_format, expected);
    });
  }

  for (const [param, members] of [
    ['previous_response_id', { previous_response_id: 'resp_1' }],
    ['conversation', { conversation: { id: 'c' } }],
    ['prompt', { prompt: { id: 'p' } }],
    ['background', { background: true }],
    ['input', { input: undefined }],
    ['input.0', { input: ['Hi'] }],
    ['input.0.role', { input: [{ role: 'tool', content: 'x' }] }],
    ['input.0.type', { input: [{ type: 'item_reference', id: 'x' }] }],
    ['input.0.type', { input: [{ type: 'web_search_call', id: 'x' }] }],
    ['input.0.content.0.type', { input: [{ role: 'user', content: [{ type: 'input_file', file_id: 'f' }] }] }],
    ['input.0.content.0.file_id', { input: [{ role: 'user', content: [{ type: 'input_image', file_id: 'f' }] }] }],
    ['instructions', { instructions: ['x'] }],
    ['tools.0.type', { tools: [{ type: 'web_search' }] }],
    ['tool_choice', { tools: [], tool_choice: { type: 'file_search' } }],
    ['text.format.type', { text: { format: { type: 'grammar' } } }],
    ['reasoning.effort', { reasoning: { effort: 5 } }],
  ] as const) {
    it(`is refused by the name of ${param}: ${JSON.stringify(members)}`, () => {
      assert.equal(refusedParam(openAiResponses, { ...base, ...members }), param);
    });
  }

  it('survives any nesting and null', () => {
    for (const value of [null, 0, true, '', [], {}, [null], [[]], [{}], { type: null }]) {
      for (const name of [
        'input',
        'instructions',
        'tools',
        'tool_choice',
        'reasoning',
        'text',
        'parallel_tool_calls',
      ]) {
        assert.doesNotThrow(
          () => translate(openAiResponses, { ...base, [name]: value }),
          `${name} ${JSON.stringify(value)}`,
        );
      }
    }
  });
});

describe('Engines that speak the Responses API', () => {
  const format = { format: { type: 'json_schema', name: 'n', schema: {} } };
  for (const [kind, version, more, path] of [
    ['ollama', '0.13.3', {}, '/v1/responses'],
    ['ollama', '0.13.2', {}, undefined],
    ['ollama', undefined, {}, undefined],
    ['llamacpp', 'b9999-abc', {}, undefined],
    ['vllm', '0.26.0', {}, undefined],
    ['openai', '1.0.0', {}, undefined],
    ['lmstudio', undefined, {}, '/v1/responses'],
    ['lmstudio', undefined, { text: { format: { type: 'text' } } }, '/v1/responses'],
    ['lmstudio', undefined, { text: format }, undefined],
    ['lmstudio', undefined, { text: format, previous_response_id: 'resp_1' }, '/v1/responses'],
  ] as const) {
    it(`${path === undefined ? 'do not include' : 'include'} ${kind} ${version ?? ''} for ${JSON.stringify(more)}`, () => {
      assert.equal(openAiResponses.nativePath(entryOf(kind, version), bodyOf({ ...base, ...more })), path);
    });
  }
});

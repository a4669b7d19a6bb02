import assert from 'node:assert/strict';
import { openAiResponses } from '../../../../../src/proxy/dialects/responses/responses';
import { customText } from '../../../../../src/proxy/dialects/responses/tool-origins';
import type { JsonObject } from '../../../../../src/proxy/repairs/json-object';
import { chunksOf, entryOf, refusedParam, streamed, translationOf, wholeAnswer } from '../dialect-support';
import { bodyOf } from '../../repairs/support';

const closeAgent = { type: 'function', name: 'close', description: 'Closes', parameters: { type: 'object' } };
const patch = {
  type: 'custom',
  name: 'apply_patch',
  description: 'Patches files',
  format: { type: 'grammar', syntax: 'lark', definition: 'start: "x"' },
};
const tools = [
  { type: 'function', name: 'run', parameters: { type: 'object' } },
  { type: 'namespace', name: 'agents', description: 'All of agents', tools: [closeAgent] },
  { type: 'namespace', name: 'mcp__files__', tools: [closeAgent] },
  patch,
  { type: 'web_search', external_web_access: true },
];
const translation = (more: object = {}) => translationOf(openAiResponses, { model: 'm', input: 'Hi', tools, ...more });

function namesOf({ tools: sent }: JsonObject): readonly string[] {
  return (sent as readonly { function: { name: string } }[]).map((tool) => tool.function.name);
}

const said = (name: string, given: JsonObject) => ({
  reasoning: '',
  text: '',
  calls: [{ id: 'call_1', name, arguments: given }],
});

describe('Tools of a request for a response', () => {
  it('are functions for the engine, whatever their form', () => {
    const { request } = translation();

    assert.deepEqual(namesOf(request), ['run', 'agents__close', 'mcp__files__close', 'apply_patch']);
    assert.deepEqual((request.tools as readonly unknown[])[3], {
      type: 'function',
      function: {
        name: 'apply_patch',
        description: 'Patches files\n\nThe input follows this grammar:\nstart: "x"',
        parameters: { type: 'object', properties: { input: { type: 'string' } }, required: ['input'] },
      },
    });
  });

  it('that run at OpenAI are left out beside others, and the response says so', () => {
    const whole = translation().whole(wholeAnswer(said('run', {}), 'tool_calls'));

    const types = (whole?.tools as readonly JsonObject[]).map(({ type }) => type);
    assert.deepEqual(types, ['function', 'namespace', 'namespace', 'custom']);
  });

  it('that run at OpenAI are refused where they are all there is, or demanded', () => {
    const search = { type: 'web_search' };

    assert.equal(refusedParam(openAiResponses, { input: 'Hi', tools: [search] }), 'tools.0.type');
    assert.equal(refusedParam(openAiResponses, { input: 'Hi', tools, tool_choice: search }), 'tool_choice');
    assert.equal(refusedParam(openAiResponses, { input: 'Hi', tools: [...tools, { type: 'mcp' }] }), 'tools.5.type');
  });

  it('are chosen by both their names', () => {
    const close = { type: 'function', namespace: 'agents', name: 'close' };

    assert.deepEqual(translation({ tool_choice: close }).request.tool_choice, {
      type: 'function',
      function: { name: 'agents__close' },
    });
    const allowed = { type: 'allowed_tools', mode: 'auto', tools: [close, { type: 'custom', name: 'apply_patch' }] };
    assert.deepEqual(namesOf(translation({ tool_choice: allowed }).request), ['agents__close', 'apply_patch']);
  });

  it('were called by the same names in what was said before', () => {
    const input = [
      { type: 'function_call', call_id: 'a', namespace: 'agents', name: 'close', arguments: '{"id":1}' },
      { type: 'function_call_output', call_id: 'a', output: 'closed' },
      { type: 'custom_tool_call', call_id: 'b', name: 'apply_patch', input: 'say "x"' },
      { type: 'custom_tool_call_output', call_id: 'b', output: 'patched' },
    ];

    const call = (id: string, name: string, text: string) => ({
      role: 'assistant',
      content: null,
      tool_calls: [{ id, type: 'function', function: { name, arguments: text } }],
    });
    assert.deepEqual(translation({ input }).request.messages, [
      call('a', 'agents__close', '{"id":1}'),
      { role: 'tool', tool_call_id: 'a', content: 'closed' },
      call('b', 'apply_patch', '{"input":"say \\"x\\""}'),
      { role: 'tool', tool_call_id: 'b', content: 'patched' },
    ]);
  });

  it('keep an engine from being asked in this API, unless it keeps the conversation', () => {
    const path = (entry: ReturnType<typeof entryOf>, more: object) =>
      openAiResponses.nativePath(entry, bodyOf({ model: 'm', input: 'Hi', ...more }));
    const ollama = entryOf('ollama', '0.32.15');

    assert.equal(path(ollama, { tools: tools.slice(0, 1) }), '/v1/responses');
    assert.equal(path(ollama, { tools: tools.slice(0, 2) }), undefined);
    assert.equal(path(ollama, { tools: [patch] }), undefined);
    assert.equal(path(entryOf('lmstudio'), { tools, previous_response_id: 'resp_1' }), '/v1/responses');
  });
});

describe('A call in a response', () => {
  const forms = [
    {
      title: 'of a function has its one name',
      made: said('run', { a: 1 }),
      item: { type: 'function_call', name: 'run', arguments: '{"a":1}' },
    },
    {
      title: 'of a tool in a namespace has both its names',
      made: said('agents__close', {}),
      item: { type: 'function_call', name: 'close', namespace: 'agents', arguments: '{}' },
    },
    {
      title: 'of a custom tool has its text',
      made: said('apply_patch', { input: 'say "x"\n' }),
      item: { type: 'custom_tool_call', name: 'apply_patch', input: 'say "x"\n' },
    },
  ];
  for (const { title, made, item } of forms) {
    it(title, () => {
      const events = streamed(translation(), chunksOf(made, 'tool_calls', 3));
      const whole = translation().whole(wholeAnswer(made, 'tool_calls'));

      const done = events.find(({ type }) => type === 'response.output_item.done')?.item as JsonObject;
      assert.deepEqual(whole?.output, [done]);
      const { id, call_id: callId, status, ...rest } = done;
      assert.deepEqual(rest, item);
      assert.deepEqual([typeof id, typeof callId, status], ['string', 'string', 'completed']);
    });
  }

  it('of a custom tool has the text of a model that keeps to no JSON', () => {
    assert.equal(customText('*** Begin Patch'), '*** Begin Patch');
    assert.equal(customText('{"other":1}'), '{"other":1}');
    assert.equal(customText('"*** Begin Patch"'), '*** Begin Patch');
  });

  it('of a custom tool is told as text, once it is whole', () => {
    const made = said('apply_patch', { input: 'say "x"\n' });

    const events = streamed(translation(), chunksOf(made, 'tool_calls', 3));

    const told = events.flatMap(({ type, delta, input }) =>
      String(type).startsWith('response.custom_tool_call_input') ? [[type, delta ?? input]] : [],
    );
    assert.deepEqual(told, [
      ['response.custom_tool_call_input.delta', 'say "x"\n'],
      ['response.custom_tool_call_input.done', 'say "x"\n'],
    ]);
    assert.ok(!events.some(({ type }) => String(type).startsWith('response.function_call_arguments')));
  });
});

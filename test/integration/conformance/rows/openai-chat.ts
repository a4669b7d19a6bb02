import assert from 'node:assert/strict';
import OpenAI, { APIUserAbortError } from 'openai';
import type { Row, Stage } from '../stage';
import {
  assertForced,
  assertStopped,
  calls,
  collect,
  endless,
  messages,
  parameters,
  png,
  silent,
  structured,
  text,
  thinking,
  underWay,
} from './words';

export function openAi({ url, fetch }: Stage): OpenAI {
  return new OpenAI({ baseURL: `${url}/v1`, apiKey: 'unused', maxRetries: 0, fetch });
}

const tools = [{ type: 'function' as const, function: { name: 'weather', parameters } }];

function assertCalls(
  called: readonly { readonly type: string; readonly id: string; readonly function?: unknown }[] | undefined,
  expected: readonly object[],
): void {
  const made = (called ?? []).map((call) => call.function as { name: string; arguments: string });
  assert.deepEqual(
    made.map(({ name, arguments: given }) => ({ name, arguments: JSON.parse(given) as unknown })),
    expected,
  );
  const ids = (called ?? []).map(({ id }) => id);
  assert.ok(ids.every((id) => typeof id === 'string' && id !== ''));
  assert.equal(new Set(ids).size, expected.length);
}

/** A parameter that FLM has no part in: shown is that the engine gets it as the client sent it. */
function passed(feature: string, members: Record<string, unknown>): Row {
  return {
    feature: `\`${feature}\` reaches the engine`,
    run: async (stage) => {
      await openAi(stage).chat.completions.create({ model: stage.model, messages, ...members });

      const asked = stage.asked();
      for (const [name, value] of Object.entries(members)) assert.deepEqual(asked[name], value);
    },
  };
}

export const openAiChatRows: readonly Row[] = [
  {
    feature: 'chat',
    script: { reply: { text, promptTokens: 9, completionTokens: 3 } },
    run: async (stage) => {
      const { choices, usage } = await openAi(stage).chat.completions.create({ model: stage.model, messages });

      assert.deepEqual([choices[0]?.message.content, choices[0]?.finish_reason], [text, 'stop']);
      assert.deepEqual([usage?.prompt_tokens, usage?.completion_tokens, usage?.total_tokens], [9, 3, 12]);
    },
  },
  {
    feature: 'chat, streamed',
    script: { reply: { text } },
    run: async (stage) => {
      const stream = await openAi(stage).chat.completions.create({ model: stage.model, messages, stream: true });
      const choices = await collect(stream, (chunk) => chunk.choices[0]);

      assert.equal(choices.map(({ delta }) => delta.content ?? '').join(''), text);
      assert.equal(choices.at(-1)?.finish_reason, 'stop');
    },
  },
  {
    feature: 'usage in streams, only if asked',
    script: { reply: { text, promptTokens: 9, completionTokens: 3 } },
    run: async (stage) => {
      const request = { model: stage.model, messages, stream: true } as const;
      const client = openAi(stage);
      const asked = await client.chat.completions.create({ ...request, stream_options: { include_usage: true } });
      const told = await collect(asked, ({ usage, choices }) => usage && [usage.total_tokens, choices.length]);
      const unasked = await collect(await client.chat.completions.create(request), ({ usage }) => usage);

      assert.deepEqual([told, unasked], [[[12, 0]], []]);
    },
  },
  {
    feature: 'tool calls',
    script: { reply: { toolCalls: calls.slice(0, 1) } },
    run: async (stage) => {
      const { choices } = await openAi(stage).chat.completions.create({ model: stage.model, messages, tools });

      assert.equal(choices[0]?.finish_reason, 'tool_calls');
      assertCalls(choices[0].message.tool_calls, calls.slice(0, 1));
    },
  },
  {
    feature: 'tool calls, streamed',
    script: { reply: { toolCalls: calls.slice(0, 1) }, repeatsEmptyName: true },
    run: async (stage) => {
      const { choices } = await openAi(stage)
        .chat.completions.stream({ model: stage.model, messages, tools })
        .finalChatCompletion();

      assert.equal(choices[0]?.finish_reason, 'tool_calls');
      assertCalls(choices[0].message.tool_calls, calls.slice(0, 1));
    },
  },
  {
    feature: 'parallel tool calls, whole and streamed',
    script: { reply: { toolCalls: calls } },
    run: async (stage) => {
      const request = { model: stage.model, messages, tools, parallel_tool_calls: true };
      const whole = await openAi(stage).chat.completions.create(request);
      const streamed = await openAi(stage).chat.completions.stream(request).finalChatCompletion();

      for (const { choices } of [whole, streamed]) assertCalls(choices[0]?.message.tool_calls, calls);
    },
  },
  {
    feature: 'one named tool (`tool_choice` object)',
    script: { reply: { toolCalls: calls.slice(0, 1) } },
    run: async (stage) => {
      const other = { type: 'function' as const, function: { name: 'other', parameters } };
      const { choices } = await openAi(stage).chat.completions.create({
        model: stage.model,
        messages,
        tools: [...tools, other],
        tool_choice: { type: 'function', function: { name: 'weather' } },
      });
      assertForced(stage);

      assertCalls(choices[0]?.message.tool_calls, calls.slice(0, 1));
    },
  },
  {
    feature: 'an empty list of tools',
    script: { reply: { text } },
    run: async (stage) => {
      const { choices } = await openAi(stage).chat.completions.create({ model: stage.model, messages, tools: [] });

      assert.equal(choices[0]?.message.content, text);
    },
  },
  {
    feature: 'structured outputs (`json_schema`)',
    script: { reply: { text: JSON.stringify(structured) } },
    run: async (stage) => {
      const format = { type: 'json_schema' as const, json_schema: { name: 'place', strict: true, schema: parameters } };
      const { choices } = await openAi(stage).chat.completions.create({
        model: stage.model,
        messages,
        response_format: format,
      });

      assert.deepEqual(JSON.parse(choices[0]?.message.content ?? ''), structured);
      assert.deepEqual(stage.asked().response_format, format);
    },
  },
  {
    feature: 'JSON mode (`json_object`)',
    script: { reply: { text: JSON.stringify(structured) } },
    run: async (stage) => {
      const { choices } = await openAi(stage).chat.completions.create({
        model: stage.model,
        messages,
        response_format: { type: 'json_object' },
      });

      assert.deepEqual(JSON.parse(choices[0]?.message.content ?? ''), structured);
      assert.ok('response_format' in stage.asked());
    },
  },
  {
    feature: 'pictures as data',
    script: { reply: { text } },
    run: async (stage) => {
      const url = `data:image/png;base64,${png}`;
      const content = [
        { type: 'text' as const, text: 'What is this?' },
        { type: 'image_url' as const, image_url: { url } },
      ];
      await openAi(stage).chat.completions.create({ model: stage.model, messages: [{ role: 'user', content }] });

      assert.deepEqual(stage.asked().messages, [{ role: 'user', content }]);
    },
  },
  {
    feature: 'pictures by web address',
    script: { reply: { text } },
    run: async (stage) => {
      const content = [{ type: 'image_url' as const, image_url: { url: 'https://pictures.example/a.png' } }];
      await openAi(stage).chat.completions.create({ model: stage.model, messages: [{ role: 'user', content }] });

      assert.deepEqual(stage.asked().messages, [{ role: 'user', content }]);
    },
  },
  {
    ...thinking,
    feature: 'reasoning (`reasoning_content`), whole and streamed',
    run: async (stage) => {
      const request = { model: stage.model, messages };
      const whole = await openAi(stage).chat.completions.create(request);
      const stream = await openAi(stage).chat.completions.create({ ...request, stream: true });
      const deltas = await collect(stream, ({ choices }) => choices[0]?.delta);

      const reasoningOf = (part: object): string => (part as { reasoning_content?: string }).reasoning_content ?? '';
      assert.equal(reasoningOf(whole.choices[0]?.message ?? {}), 'let me think');
      assert.equal(deltas.map(reasoningOf).join(''), 'let me think');
      assert.equal(deltas.map(({ content }) => content ?? '').join(''), 'yes');
    },
  },
  {
    feature: '`max_completion_tokens` ends the answer',
    script: { reply: { text: 'one two three four' } },
    run: async (stage) => {
      const { choices } = await openAi(stage).chat.completions.create({
        model: stage.model,
        messages,
        max_completion_tokens: 2,
      });

      assert.deepEqual([choices[0]?.message.content, choices[0]?.finish_reason], ['one two', 'length']);
      assert.ok('max_tokens' in stage.asked() || ['vllm', 'llamacpp'].includes(stage.kind));
    },
  },
  passed('stop', { stop: ['\n\n', 'END'] }),
  passed('seed', { seed: 42 }),
  passed('logprobs', { logprobs: true, top_logprobs: 2 }),
  passed('n', { n: 2 }),
  {
    feature: 'ids differ from answer to answer',
    script: { chatId: 'chatcmpl-417', reply: { text } },
    run: async (stage) => {
      const request = { model: stage.model, messages };
      const ids = [];
      for (let i = 0; i < 2; i++) ids.push((await openAi(stage).chat.completions.create(request)).id);

      assert.notEqual(ids[0], ids[1]);
    },
  },
  {
    feature: 'leaving in the middle of a stream stops the engine',
    script: endless,
    run: async (stage) => {
      const stream = await openAi(stage).chat.completions.create({ model: stage.model, messages, stream: true });
      for await (const chunk of stream) if (chunk.choices[0]?.delta.content) break;

      await assertStopped(stage);
    },
  },
  {
    feature: 'leaving before the first byte stops the engine, whole and streamed',
    script: silent,
    run: async (stage) => {
      for (const stream of [false, true]) {
        const abort = new AbortController();
        const answer = openAi(stage)
          .chat.completions.create({ model: stage.model, messages, stream }, { signal: abort.signal })
          .catch((error: unknown) => error);
        await underWay(stage);
        abort.abort();

        // A stream whose head is out aborts when it is read.
        const left = await answer;
        if (!stream) assert.ok(left instanceof APIUserAbortError);
        await assertStopped(stage);
      }
    },
  },
];

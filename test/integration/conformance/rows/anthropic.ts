import Anthropic, { APIError, AuthenticationError, BadRequestError, NotFoundError } from '@anthropic-ai/sdk';
import assert from 'node:assert/strict';
import type { Row, Stage } from '../stage';
import {
  assertForced,
  assertStopped,
  calls,
  collect,
  endless,
  keyed,
  messages,
  parameters,
  png,
  text,
  thinking,
} from './words';

function client({ url, fetch }: Stage): Anthropic {
  return new Anthropic({ baseURL: url, apiKey: 'unused', maxRetries: 0, fetch });
}

const ask = ({ model }: Stage): Anthropic.MessageCreateParamsNonStreaming => ({ model, max_tokens: 64, messages });
const tools = [{ name: 'weather', description: 'Weather of a city', input_schema: parameters }];

/** The same request, whole and streamed. */
async function bothWays(stage: Stage, request: object = {}): Promise<readonly Anthropic.Message[]> {
  const body = { ...ask(stage), ...request };
  return [await client(stage).messages.create(body), await client(stage).messages.stream(body).finalMessage()];
}

export const anthropicRows: readonly Row[] = [
  {
    feature: 'message, whole, with usage',
    script: { reply: { text, promptTokens: 9, completionTokens: 3 } },
    run: async (stage) => {
      const { content, stop_reason: reason, usage } = await client(stage).messages.create(ask(stage));

      assert.deepEqual(
        content.map((block) => block.type === 'text' && block.text),
        [text],
      );
      assert.deepEqual([reason, usage.input_tokens, usage.output_tokens], ['end_turn', 9, 3]);
    },
  },
  {
    feature: 'message, streamed, with usage',
    script: { reply: { text, promptTokens: 9, completionTokens: 3 } },
    run: async (stage) => {
      const stream = client(stage).messages.stream(ask(stage));
      const pieces: string[] = [];
      stream.on('text', (piece) => pieces.push(piece));
      const { usage, stop_reason: reason } = await stream.finalMessage();

      assert.equal(pieces.join(''), text);
      assert.deepEqual([reason, usage.input_tokens, usage.output_tokens], ['end_turn', 9, 3]);
    },
  },
  {
    feature: 'tool calls, whole and streamed',
    script: { reply: { text: 'Let me look.', toolCalls: calls } },
    run: async (stage) => {
      for (const message of await bothWays(stage, { tools })) {
        const uses = message.content.flatMap((block) => (block.type === 'tool_use' ? [block] : []));
        assert.deepEqual(
          uses.map(({ name, input }) => ({ name, arguments: input })),
          calls,
        );
        assert.equal(message.stop_reason, 'tool_use');
      }
    },
  },
  {
    feature: 'one named tool (`tool_choice`)',
    script: { reply: { toolCalls: calls.slice(0, 1) } },
    run: async (stage) => {
      const other = { name: 'other', input_schema: parameters };
      const choice = { tools: [...tools, other], tool_choice: { type: 'tool', name: 'weather' } };

      for (const message of await bothWays(stage, choice)) assert.equal(message.stop_reason, 'tool_use');
      assertForced(stage);
    },
  },
  {
    feature: 'a tool’s result goes back',
    script: { reply: { text } },
    run: async (stage) => {
      await client(stage).messages.create({
        ...ask(stage),
        tools,
        messages: [
          ...messages,
          { role: 'assistant', content: [{ type: 'tool_use', id: 'toolu_1', name: 'weather', input: {} }] },
          { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'toolu_1', content: 'sunny' }] },
        ],
      });

      assert.match(JSON.stringify(stage.asked()), /sunny/);
    },
  },
  {
    ...thinking,
    feature: 'thinking, whole and streamed',
    run: async (stage) => {
      for (const { content } of await bothWays(stage, { thinking: { type: 'enabled', budget_tokens: 1024 } })) {
        assert.deepEqual(
          content.map((block) => (block.type === 'thinking' ? block.thinking : block.type)),
          ['let me think', 'text'],
        );
      }
    },
  },
  {
    feature: 'pictures as data',
    script: { reply: { text } },
    run: async (stage) => {
      const source = { type: 'base64' as const, media_type: 'image/png' as const, data: png };
      await client(stage).messages.create({
        ...ask(stage),
        messages: [{ role: 'user', content: [{ type: 'image', source }] }],
      });

      assert.ok(JSON.stringify(stage.asked()).includes(png));
    },
  },
  {
    feature: 'structured outputs (`output_config.format`)',
    script: { reply: { text: '{"city":"Köln"}' } },
    run: async (stage) => {
      await client(stage).messages.create({
        ...ask(stage),
        output_config: { format: { type: 'json_schema', schema: parameters } },
      });

      assert.match(JSON.stringify(stage.asked()), /json_schema/);
    },
  },
  {
    feature: '`max_tokens` ends the answer',
    script: { reply: { text: 'one two three four' } },
    run: async (stage) => {
      for (const message of await bothWays(stage, { max_tokens: 2 })) assert.equal(message.stop_reason, 'max_tokens');
    },
  },
  {
    feature: '`count_tokens`',
    script: (kind) =>
      kind === 'vllm' ? { answers: { '/v1/messages/count_tokens': { body: { input_tokens: 7 } } } } : {},
    run: async (stage) => {
      const { input_tokens: count } = await client(stage).messages.countTokens({ model: stage.model, messages });

      assert.ok(count > 0);
      const isEstimate = stage.told[0]?.headers.get('x-flm-estimate') === 'characters';
      assert.equal(isEstimate, stage.engine.requests.length === 0);
    },
  },
  {
    feature: 'list of models',
    run: async (stage) => {
      const ids = await collect(client(stage).models.list(), ({ id }) => id);

      assert.deepEqual(ids, [stage.model]);
    },
  },
  {
    feature: 'unknown model: `NotFoundError`',
    run: async (stage) => {
      await assert.rejects(client(stage).messages.create({ ...ask(stage), model: 'gone' }), NotFoundError);
    },
  },
  {
    feature: 'no key: `AuthenticationError`',
    gate: keyed,
    run: async (stage) => {
      await assert.rejects(client(stage).messages.create(ask(stage)), AuthenticationError);
    },
  },
  {
    feature: '`web_search`, which only Anthropic’s servers have: refused, or left to the engine',
    run: async (stage) => {
      const search = { type: 'web_search_20250305' as const, name: 'web_search' as const };

      await client(stage).messages.create({ ...ask(stage), tools: [search] });
    },
  },
  {
    feature: 'prompt too long: `BadRequestError`, `prompt is too long`',
    script: {
      answers: { '*': { status: 400, body: { error: { message: 'maximum context length is 4096 tokens' } } } },
    },
    run: async (stage) => {
      await assert.rejects(
        client(stage).messages.create(ask(stage)),
        (error) => error instanceof BadRequestError && error.message.includes('prompt is too long'),
      );
    },
  },
  {
    feature: 'engine fails in the middle of a stream: the client throws',
    script: { reply: { text: 'one two three four', failAfterTokens: 2 } },
    run: async (stage) => {
      await assert.rejects(client(stage).messages.stream(ask(stage)).finalMessage(), APIError);
    },
  },
  {
    feature: 'leaving in the middle of a stream stops the engine',
    script: endless,
    run: async (stage) => {
      const stream = client(stage).messages.stream(ask(stage));
      stream.on('error', () => undefined);
      for await (const event of stream) if (event.type === 'content_block_delta') break;

      await assertStopped(stage);
    },
  },
];

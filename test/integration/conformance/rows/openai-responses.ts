import assert from 'node:assert/strict';
import { APIError, NotFoundError } from 'openai';
import type { Row } from '../stage';
import { openAi } from './openai-chat';
import { assertStopped, calls, collect, endless, parameters, structured, text, thinking } from './words';

const input = 'Hi';
const tools = [{ type: 'function' as const, name: 'weather', parameters, strict: false }];

function calledIn(output: readonly { readonly type: string }[]): object[] {
  return output.flatMap((item) => {
    if (item.type !== 'function_call') return [];
    const { name, arguments: given } = item as unknown as { name: string; arguments: string };
    return [{ name, arguments: JSON.parse(given) as unknown }];
  });
}

export const responsesRows: readonly Row[] = [
  {
    feature: 'whole, with usage',
    script: { reply: { text, promptTokens: 9, completionTokens: 3 } },
    run: async (stage) => {
      const answer = await openAi(stage).responses.create({ model: stage.model, input });

      assert.deepEqual([answer.output_text, answer.status], [text, 'completed']);
      assert.deepEqual([answer.usage?.input_tokens, answer.usage?.output_tokens], [9, 3]);
    },
  },
  {
    feature: 'streamed',
    script: { reply: { text } },
    run: async (stage) => {
      const stream = openAi(stage).responses.stream({ model: stage.model, input });
      const pieces = await collect(stream, (event) =>
        event.type === 'response.output_text.delta' ? event.delta : undefined,
      );

      assert.equal(pieces.join(''), text);
      assert.equal((await stream.finalResponse()).output_text, text);
    },
  },
  {
    feature: 'tool calls, whole and streamed',
    script: { reply: { toolCalls: calls } },
    run: async (stage) => {
      const request = { model: stage.model, input, tools };
      const whole = await openAi(stage).responses.create(request);
      const streamed = await openAi(stage).responses.stream(request).finalResponse();

      assert.deepEqual([calledIn(whole.output), calledIn(streamed.output)], [calls, calls]);
    },
  },
  {
    feature: 'a tool’s output goes back',
    script: { reply: { text } },
    run: async (stage) => {
      const { output_text: said } = await openAi(stage).responses.create({
        model: stage.model,
        tools,
        input: [
          { role: 'user', content: 'Hi' },
          { type: 'function_call', call_id: 'call_1', name: 'weather', arguments: '{"city":"Köln"}' },
          { type: 'function_call_output', call_id: 'call_1', output: 'sunny' },
        ],
      });

      assert.equal(said, text);
      assert.match(JSON.stringify(stage.asked()), /sunny/);
    },
  },
  {
    feature: 'structured outputs (`text.format`)',
    script: { reply: { text: JSON.stringify(structured) } },
    run: async (stage) => {
      const { output_text: said } = await openAi(stage).responses.create({
        model: stage.model,
        input,
        text: { format: { type: 'json_schema', name: 'place', strict: true, schema: parameters } },
      });

      assert.deepEqual(JSON.parse(said), structured);
      assert.match(JSON.stringify(stage.asked()), /json_schema/);
    },
  },
  {
    ...thinking,
    feature: 'reasoning beside the answer',
    run: async (stage) => {
      const { output_text: said } = await openAi(stage).responses.create({
        model: stage.model,
        input,
        reasoning: { effort: 'low' },
      });

      assert.equal(said, 'yes');
    },
  },
  {
    feature: '`previous_response_id`',
    script: { reply: { text } },
    run: async (stage) => {
      const { output_text: said } = await openAi(stage).responses.create({
        model: stage.model,
        input,
        previous_response_id: 'resp_1',
      });

      assert.equal(said, text);
      assert.equal(stage.asked().previous_response_id, 'resp_1');
    },
  },
  {
    feature: 'unknown model: `NotFoundError`',
    run: async (stage) => {
      await assert.rejects(openAi(stage).responses.create({ model: 'gone', input }), NotFoundError);
    },
  },
  {
    feature: 'engine fails in the middle of a stream: the client throws',
    script: { reply: { text: 'one two three four', failAfterTokens: 2 } },
    run: async (stage) => {
      const stream = await openAi(stage).responses.create({ model: stage.model, input, stream: true });

      await assert.rejects(
        collect(stream, (event) => event),
        APIError,
      );
    },
  },
  {
    feature: 'leaving in the middle of a stream stops the engine',
    script: endless,
    run: async (stage) => {
      const stream = await openAi(stage).responses.create({ model: stage.model, input, stream: true });
      for await (const event of stream) if (event.type === 'response.output_text.delta') break;

      await assertStopped(stage);
    },
  },
];

import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { APICallError, embed, embedMany, generateText, jsonSchema, Output, stepCountIs, streamText, tool } from 'ai';
import assert from 'node:assert/strict';
import type { Row, Stage } from '../stage';
import { assertStopped, calls, collect, endless, parameters, png, structured, text, thinking } from './words';

function provider({ url, fetch }: Stage) {
  return createOpenAICompatible({
    name: 'flm',
    baseURL: `${url}/v1`,
    fetch,
    includeUsage: true,
    supportsStructuredOutputs: true,
  });
}

const ask = (stage: Stage) => ({ model: provider(stage).chatModel(stage.model), prompt: 'Hi', maxRetries: 0 });

const schema = jsonSchema<{ city: string; days?: number }>(parameters);
const tools = { weather: tool({ inputSchema: schema, execute: async ({ city }) => `sunny in ${city}` }) };

/** Calls tools at first, answers when it has their results. */
const useTools = {
  reply: ({ text: body }: { readonly text: string }) => (body.includes('sunny in') ? { text } : { toolCalls: calls }),
};

export const aiSdkRows: readonly Row[] = [
  {
    feature: '`generateText`, with usage',
    script: { reply: { text, promptTokens: 9, completionTokens: 3 } },
    run: async (stage) => {
      const { text: said, usage, finishReason } = await generateText(ask(stage));

      assert.deepEqual([said, finishReason], [text, 'stop']);
      assert.deepEqual([usage.inputTokens, usage.outputTokens], [9, 3]);
    },
  },
  {
    feature: '`streamText`, with usage',
    script: { reply: { text, promptTokens: 9, completionTokens: 3 } },
    run: async (stage) => {
      const result = streamText(ask(stage));
      const pieces = await collect(result.textStream, (piece) => piece);
      const usage = await result.usage;

      assert.equal(pieces.join(''), text);
      assert.deepEqual([usage.inputTokens, usage.outputTokens], [9, 3]);
    },
  },
  {
    feature: '`generateText` with tools, to the answer after them',
    script: useTools,
    run: async (stage) => {
      const { text: said, steps } = await generateText({ ...ask(stage), tools, stopWhen: stepCountIs(3) });

      assert.equal(said, text);
      assert.deepEqual(
        steps[0]?.toolCalls.map(({ input }) => input),
        calls.map((call) => call.arguments),
      );
    },
  },
  {
    feature: '`streamText` with tools, to the answer after them',
    script: useTools,
    run: async (stage) => {
      const result = streamText({ ...ask(stage), tools, stopWhen: stepCountIs(3) });
      const parts = await collect(result.fullStream, (part) => part);

      assert.deepEqual(
        parts.flatMap((part) => (part.type === 'tool-call' ? [part.input] : [])),
        calls.map((call) => call.arguments),
      );
      assert.equal(await result.text, text);
    },
  },
  {
    feature: '`Output.object`, structured outputs',
    script: { reply: { text: JSON.stringify(structured) } },
    run: async (stage) => {
      const { output } = await generateText({ ...ask(stage), output: Output.object({ schema }) });

      assert.deepEqual(output, structured);
      assert.match(JSON.stringify(stage.asked()), /json_schema/);
    },
  },
  {
    ...thinking,
    feature: 'reasoning, whole and streamed',
    run: async (stage) => {
      const whole = await generateText(ask(stage));
      const streamed = streamText(ask(stage));

      assert.deepEqual([whole.reasoningText, whole.text], ['let me think', 'yes']);
      assert.deepEqual([await streamed.reasoningText, await streamed.text], ['let me think', 'yes']);
    },
  },
  {
    feature: 'pictures',
    script: { reply: { text } },
    run: async (stage) => {
      const { model, maxRetries } = ask(stage);
      const content = [{ type: 'image' as const, image: Buffer.from(png, 'base64'), mediaType: 'image/png' }];
      await generateText({ model, maxRetries, messages: [{ role: 'user', content }] });

      assert.ok(JSON.stringify(stage.asked()).includes(png));
    },
  },
  {
    feature: 'completion model',
    script: { reply: { text } },
    run: async (stage) => {
      const { text: said } = await generateText({ ...ask(stage), model: provider(stage).completionModel(stage.model) });

      assert.equal(said, text);
    },
  },
  {
    feature: '`embed` and `embedMany`',
    purpose: 'embeddings',
    script: { embeddingLength: 4 },
    run: async (stage) => {
      const model = provider(stage).embeddingModel(stage.model);
      const { embedding } = await embed({ model, value: 'a', maxRetries: 0 });
      const { embeddings } = await embedMany({ model, values: ['a', 'b'], maxRetries: 0 });

      assert.deepEqual([embedding.length, embeddings.length, embeddings[0]], [4, 2, embedding]);
    },
  },
  {
    feature: 'unknown model: `APICallError` 404, not to be tried again',
    run: async (stage) => {
      const model = provider(stage).chatModel('gone');

      await assert.rejects(
        generateText({ model, prompt: 'Hi', maxRetries: 2 }),
        (error) => APICallError.isInstance(error) && error.statusCode === 404 && !error.isRetryable,
      );
    },
  },
  {
    feature: 'engine fails in the middle of a stream: an `error` part',
    script: { reply: { text: 'one two three four', failAfterTokens: 2, failMessage: 'boom' } },
    run: async (stage) => {
      const result = streamText({ ...ask(stage), onError: () => undefined });
      const types = await collect(result.fullStream, ({ type }) => type);

      assert.ok(types.includes('error'), types.join());
    },
  },
  {
    feature: 'leaving in the middle of a stream stops the engine',
    script: endless,
    run: async (stage) => {
      const abort = new AbortController();
      const result = streamText({ ...ask(stage), abortSignal: abort.signal, onError: () => undefined });
      await collect(result.fullStream, ({ type }) => {
        if (type === 'text-delta') abort.abort();
      });

      await assertStopped(stage);
    },
  },
];

import assert from 'node:assert/strict';
import {
  APIError,
  AuthenticationError,
  BadRequestError,
  InternalServerError,
  NotFoundError,
  OpenAIError,
} from 'openai';
import type { Row } from '../stage';
import { openAi } from './openai-chat';
import { collect, keyed, messages, text } from './words';

const embeddings = { purpose: 'embeddings', script: { embeddingLength: 4 } } as const;

/** A prompt that no engine of this table has room for. */
const tooLong = 'word '.repeat(60_000);

export const openAiOtherRows: readonly Row[] = [
  {
    ...embeddings,
    feature: 'embeddings (base64, the client’s default)',
    run: async (stage) => {
      const client = openAi(stage);
      const plain = await client.embeddings.create({ model: stage.model, input: 'a', encoding_format: 'float' });
      const { data } = await client.embeddings.create({ model: stage.model, input: ['a', 'b'] });

      assert.deepEqual(
        data[0]?.embedding,
        plain.data[0]?.embedding.map((number) => Math.fround(number)),
      );
      assert.deepEqual([data.length, data[0]?.embedding.length], [2, 4]);
    },
  },
  {
    ...embeddings,
    feature: 'embeddings (float)',
    run: async (stage) => {
      const { data } = await openAi(stage).embeddings.create({
        model: stage.model,
        input: ['a', 'b'],
        encoding_format: 'float',
      });

      assert.deepEqual([data.length, data[0]?.embedding.length], [2, 4]);
    },
  },
  {
    ...embeddings,
    feature: 'embeddings of token ids',
    run: async (stage) => {
      const { data } = await openAi(stage).embeddings.create({ model: stage.model, input: [1, 2, 3] });

      assert.ok((data[0]?.embedding.length ?? 0) > 0);
    },
  },
  {
    feature: 'completions, whole and streamed',
    script: { reply: { text, promptTokens: 9, completionTokens: 3 } },
    run: async (stage) => {
      const request = { model: stage.model, prompt: 'Hi' };
      const whole = await openAi(stage).completions.create(request);
      const stream = await openAi(stage).completions.create({
        ...request,
        stream: true,
        stream_options: { include_usage: true },
      });
      const chunks = await collect(stream, (chunk) => chunk);

      assert.deepEqual([whole.choices[0]?.text, whole.usage?.total_tokens], [text, 12]);
      assert.equal(chunks.map(({ choices }) => choices[0]?.text ?? '').join(''), text);
      assert.deepEqual(
        chunks.flatMap(({ usage }) => (usage ? [usage.total_tokens] : [])),
        [12],
      );
    },
  },
  {
    feature: 'completions of a list with one prompt',
    script: { reply: { text } },
    run: async (stage) => {
      const { choices } = await openAi(stage).completions.create({ model: stage.model, prompt: ['Hi'] });

      assert.equal(choices[0]?.text, text);
    },
  },
  {
    feature: 'completions with a `suffix`',
    purpose: 'fim',
    script: { reply: { text: 'x, y' } },
    run: async (stage) => {
      const { choices } = await openAi(stage).completions.create({
        model: stage.model,
        prompt: 'def f(',
        suffix: '): pass',
      });

      assert.equal(choices[0]?.text, 'x, y');
      const { suffix, input_suffix: filled } = stage.asked();
      assert.equal(suffix ?? filled, '): pass');
    },
  },
  {
    feature: 'list of models, and one of them',
    run: async (stage) => {
      const client = openAi(stage);
      const ids = await collect(await client.models.list(), ({ id }) => id);
      const { id } = await client.models.retrieve(stage.model);

      assert.deepEqual([ids, id], [[stage.model], stage.model]);
    },
  },
  {
    feature: 'unknown model: `NotFoundError`, `model_not_found`',
    run: async (stage) => {
      const error = await refused(openAi(stage).chat.completions.create({ model: 'gone', messages }));

      assert.ok(error instanceof NotFoundError);
      assert.equal(error.code, 'model_not_found');
    },
  },
  {
    feature: 'no key: `AuthenticationError`',
    gate: keyed,
    run: async (stage) => {
      const error = await refused(openAi(stage).chat.completions.create({ model: stage.model, messages }));

      assert.ok(error instanceof AuthenticationError);
      assert.equal(error.code, 'key_missing');
    },
  },
  {
    feature: 'prompt too long: `context_length_exceeded`, or a warning where the engine cuts silently',
    model: { contextLoaded: 4096 },
    script: (kind) =>
      kind === 'openai'
        ? { answers: { '/v1/chat/completions': { status: 400, body: tooLongAtOpenAi } } }
        : { reply: { text, promptTokens: kind === 'ollama' ? 4096 : 60_000 } },
    run: async (stage) => {
      const asked = openAi(stage).chat.completions.create({
        model: stage.model,
        messages: [{ role: 'user', content: tooLong }],
      });
      if (stage.kind === 'ollama') {
        await asked;
        assert.equal(stage.told[0]?.headers.get('x-flm-warning'), 'context-truncated');
        return;
      }
      const error = await refused(asked);
      assert.ok(error instanceof BadRequestError);
      assert.equal(error.code, 'context_length_exceeded');
    },
  },
  {
    feature: 'engine fails in the middle of a stream: the client throws',
    script: { reply: { text: 'one two three four', failAfterTokens: 2, failMessage: 'boom' } },
    run: async (stage) => {
      const stream = await openAi(stage).chat.completions.create({ model: stage.model, messages, stream: true });
      const error = await refused(collect(stream, ({ choices }) => choices[0]));

      assert.ok(error instanceof APIError);
      assert.equal(error.type, 'server_error');
    },
  },
  {
    feature: 'connection to the engine breaks in a stream: the client throws',
    script: { reply: { text: 'one two three four' }, wire: { cut: { afterEvents: 3, how: 'reset' } } },
    run: async (stage) => {
      const stream = await openAi(stage).chat.completions.create({ model: stage.model, messages, stream: true });
      const error = await refused(collect(stream, ({ choices }) => choices[0]));

      assert.ok(error instanceof APIError);
      assert.equal(error.code, 'engine_stream_broken');
    },
  },
  {
    feature: 'engine is gone: `InternalServerError`, `engine_unreachable`',
    run: async (stage) => {
      await stage.engine.stop();
      const error = await refused(openAi(stage).chat.completions.create({ model: stage.model, messages }));

      assert.ok(error instanceof InternalServerError);
      assert.deepEqual([error.status, error.code], [502, 'engine_unreachable']);
    },
  },
];

const tooLongAtOpenAi = {
  error: {
    message: "This model's maximum context length is 4096 tokens.",
    type: 'invalid_request_error',
    param: 'messages',
    code: 'context_length_exceeded',
  },
};

async function refused(asked: PromiseLike<unknown>): Promise<OpenAIError> {
  try {
    await asked;
  } catch (error) {
    assert.ok(error instanceof OpenAIError);
    return error;
  }
  return assert.fail('the client did not throw');
}

import assert from 'node:assert/strict';
import { Ollama } from 'ollama';
import type { Row, Stage } from '../stage';
import { assertStopped, calls, collect, endless, messages, parameters, png, structured, text, thinking } from './words';

function client({ url, fetch }: Stage): Ollama {
  return new Ollama({ host: url, fetch });
}

const tools = [{ type: 'function', function: { name: 'weather', description: 'Weather of a city', parameters } }];

export const ollamaRows: readonly Row[] = [
  {
    feature: 'version, list, show, what runs',
    model: { isLoaded: true },
    run: async (stage) => {
      const ollama = client(stage);
      const { version } = await ollama.version();
      const { models } = await ollama.list();
      const { capabilities } = await ollama.show({ model: stage.model });
      const running = await ollama.ps();

      assert.match(version, /^\d+\.\d+\.\d+/);
      assert.deepEqual(
        models.map(({ name }) => name),
        [stage.model],
      );
      assert.ok(capabilities.includes('completion'));
      assert.deepEqual(
        running.models.map(({ name }) => name),
        [stage.model],
      );
    },
  },
  {
    feature: 'chat',
    script: { reply: { text, promptTokens: 9 } },
    run: async (stage) => {
      const answer = await client(stage).chat({ model: stage.model, messages });

      assert.deepEqual([answer.message.content, answer.done, answer.done_reason], [text, true, 'stop']);
      assert.equal(answer.prompt_eval_count, 9);
    },
  },
  {
    feature: 'chat, streamed',
    script: { reply: { text, promptTokens: 9, completionTokens: 3 } },
    run: async (stage) => {
      const parts = await collect(
        await client(stage).chat({ model: stage.model, messages, stream: true }),
        (part) => part,
      );

      assert.equal(parts.map(({ message }) => message.content).join(''), text);
      const last = parts.at(-1);
      assert.deepEqual([last?.done, last?.prompt_eval_count, last?.eval_count], [true, 9, 3]);
    },
  },
  {
    feature: 'tool calls, whole and streamed',
    script: { reply: { toolCalls: calls } },
    run: async (stage) => {
      const whole = await client(stage).chat({ model: stage.model, messages, tools });
      const stream = await client(stage).chat({ model: stage.model, messages, tools, stream: true });
      const streamed = await collect(stream, ({ message }) => message.tool_calls);

      for (const made of [whole.message.tool_calls ?? [], streamed.flat()]) {
        assert.deepEqual(
          made.map((call) => ({ name: call.function.name, arguments: call.function.arguments })),
          calls,
        );
      }
    },
  },
  {
    feature: 'structured outputs (`format`)',
    script: { reply: { text: JSON.stringify(structured) } },
    run: async (stage) => {
      const { message } = await client(stage).chat({ model: stage.model, messages, format: parameters });

      assert.deepEqual(JSON.parse(message.content), structured);
      assert.match(JSON.stringify(stage.asked()), /"required":\["city"\]/);
    },
  },
  {
    ...thinking,
    feature: 'thinking, whole and streamed',
    run: async (stage) => {
      const whole = await client(stage).chat({ model: stage.model, messages, think: true });
      const stream = await client(stage).chat({ model: stage.model, messages, think: true, stream: true });
      const streamed = await collect(stream, ({ message }) => message.thinking);

      assert.deepEqual([whole.message.thinking, streamed.join('')], ['let me think', 'let me think']);
    },
  },
  {
    feature: 'pictures',
    script: { reply: { text } },
    run: async (stage) => {
      const message = { role: 'user', content: 'What is this?', images: [png] };
      await client(stage).chat({ model: stage.model, messages: [message] });

      assert.ok(JSON.stringify(stage.asked()).includes(png));
    },
  },
  {
    feature: 'generate, whole and streamed',
    script: { reply: { text } },
    run: async (stage) => {
      const whole = await client(stage).generate({ model: stage.model, prompt: 'Hi' });
      const stream = await client(stage).generate({ model: stage.model, prompt: 'Hi', stream: true });
      const pieces = await collect(stream, ({ response }) => response);

      assert.deepEqual([whole.response, whole.done, pieces.join('')], [text, true, text]);
    },
  },
  {
    feature: 'generate with a `suffix`',
    purpose: 'fim',
    script: { reply: { text: 'x, y' } },
    run: async (stage) => {
      const { response } = await client(stage).generate({ model: stage.model, prompt: 'def f(', suffix: '): pass' });

      assert.equal(response, 'x, y');
      const { suffix, input_suffix: filled } = stage.asked();
      assert.equal(suffix ?? filled, '): pass');
    },
  },
  {
    feature: 'embed, and its older form',
    purpose: 'embeddings',
    script: { embeddingLength: 4 },
    run: async (stage) => {
      const { embeddings } = await client(stage).embed({ model: stage.model, input: ['a', 'b'] });
      const { embedding } = await client(stage).embeddings({ model: stage.model, prompt: 'a' });

      assert.deepEqual([embeddings.length, embedding], [2, embeddings[0]]);
      assert.equal(embedding.length, 4);
    },
  },
  {
    feature: 'unknown model: `ResponseError` 404',
    run: async (stage) => {
      const error = await thrown(client(stage).chat({ model: 'gone', messages }));

      assert.equal((error as { status_code?: number }).status_code, 404);
    },
  },
  {
    feature: 'engine fails in the middle of a stream: the client throws',
    script: { reply: { text: 'one two three four', failAfterTokens: 2, failMessage: 'boom' } },
    run: async (stage) => {
      const stream = await client(stage).chat({ model: stage.model, messages, stream: true });
      const error = await thrown(collect(stream, (part) => part));

      assert.ok(error instanceof Error && error.message.length > 3);
    },
  },
  {
    feature: 'leaving in the middle of a stream stops the engine',
    script: endless,
    run: async (stage) => {
      const answer = await client(stage).chat({ model: stage.model, messages, stream: true });
      await thrown(
        collect(answer, ({ message }) => {
          if (message.content !== '') answer.abort();
        }),
      );

      await assertStopped(stage);
    },
  },
  {
    feature: 'pull, delete and the like',
    run: async (stage) => {
      await client(stage).delete({ model: stage.model });
    },
  },
];

async function thrown(asked: Promise<unknown>): Promise<unknown> {
  try {
    await asked;
  } catch (error) {
    return error;
  }
  return assert.fail('the client did not throw');
}

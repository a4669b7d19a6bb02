import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import OpenAI from 'openai';

/** What scripts/test-engines.mjs started. */
function required(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set: run these tests with npm run test:engines -- ollama.`);
  return value;
}

const endpoint = required('FLM_TEST_ENDPOINT');
const port = new URL(required('FLM_TEST_OLLAMA_URL')).port;
const openai = new OpenAI({ baseURL: endpoint, apiKey: 'unused', maxRetries: 0, timeout: 60_000 });
const plain = `ollama-${port}/plain:latest`;
const tooled = `ollama-${port}/tooled:latest`;
const story = [{ role: 'user', content: 'Tell me a long story about a lighthouse keeper and the sea.' }] as const;

/** The runner of the one loaded model: Ollama's only child. */
function killRunner(): void {
  const children = execFileSync('pgrep', ['-P', required('FLM_TEST_OLLAMA_PID')], { encoding: 'utf8' });
  for (const pid of children.trim().split('\n')) process.kill(Number(pid), 'SIGKILL');
}

describe('A real Ollama through the gateway', function () {
  this.timeout(120_000);

  it('is recognised, with its models and what they can do', async () => {
    const answer = (await (await fetch(`${endpoint}/models`)).json()) as {
      data: { id: string; engine: string; capabilities: string[]; max_context_length: number; quantization: string }[];
    };

    assert.deepEqual(
      answer.data
        .map(({ id, engine, capabilities, max_context_length, quantization }) => [
          ...[id, engine, capabilities.join(' '), max_context_length, quantization],
        ])
        .toSorted(([a], [b]) => String(a).localeCompare(String(b))),
      [
        [plain, 'ollama', 'chat completion', 8192, 'Q4_1'],
        [tooled, 'ollama', 'chat completion tools', 8192, 'Q4_1'],
      ],
    );
  });

  it('answers a chat and keeps to max_completion_tokens, which Ollama itself ignores', async () => {
    const answer = await openai.chat.completions.create({
      model: plain,
      messages: [...story],
      max_completion_tokens: 4,
    });

    assert.equal(answer.usage?.completion_tokens, 4);
    assert.equal(answer.choices[0]?.finish_reason, 'length');
  });

  it('streams a chat token by token', async () => {
    const stream = await openai.chat.completions.create({
      model: plain,
      messages: [...story],
      max_completion_tokens: 32,
      temperature: 0,
      stream: true,
      stream_options: { include_usage: true },
    });

    let deltas = 0;
    let tokens = 0;
    for await (const chunk of stream) {
      if ((chunk.choices[0]?.delta.content ?? '') !== '') deltas += 1;
      tokens = chunk.usage?.completion_tokens ?? tokens;
    }
    assert.ok(tokens > 8);
    assert.ok(deltas > tokens / 2, `${deltas} deltas for ${tokens} tokens`);
  });

  it('calls a tool, whole and in a stream', async () => {
    const request = {
      model: tooled,
      messages: [{ role: 'user' as const, content: 'How is the weather in Paris?' }],
      max_completion_tokens: 80,
      temperature: 0,
      tools: [{ type: 'function' as const, function: { name: 'get_weather', parameters: { type: 'object' } } }],
      response_format: { type: 'json_schema' as const, json_schema: { name: 'call', schema: onlyCall } },
    };

    const whole = await openai.chat.completions.create(request);
    const streamed = await openai.chat.completions.stream({ ...request, stream: true }).finalChatCompletion();

    for (const { choices } of [whole, streamed]) {
      const [call] = choices[0]?.message.tool_calls ?? [];
      assert.equal(choices[0]?.finish_reason, 'tool_calls');
      assert.deepEqual(call?.type === 'function' ? JSON.parse(call.function.arguments) : call, { city: 'Paris' });
    }
  });

  it('says that Ollama has cut a prompt that does not fit', async () => {
    // The model is loaded by now, and its context known
    const loaded = await until(async () => (await contextOf(tooled)) === 1024, 30_000);
    assert.ok(loaded);

    const { data, response } = await openai.chat.completions
      .create({ model: tooled, messages: [{ role: 'user', content: 'word '.repeat(1150) }], max_completion_tokens: 1 })
      .withResponse();

    assert.ok((data.usage?.prompt_tokens ?? 0) < 1024);
    assert.equal(response.headers.get('x-flm-warning'), 'context-truncated');
  });

  it('passes on a refusal', async () => {
    const tools = [{ type: 'function' as const, function: { name: 'f', parameters: { type: 'object' } } }];

    await assert.rejects(
      openai.chat.completions.create({ model: plain, messages: [...story], tools }),
      (error: unknown) => error instanceof OpenAI.BadRequestError && /does not support tools/.test(error.message),
    );
  });

  for (const stream of [true, false]) {
    it(`stops for a client that leaves ${stream ? 'a stream' : 'an answer that is not streamed'}`, async () => {
      const abort = new AbortController();
      const long = { model: plain, messages: [...story], max_completion_tokens: 3500, stop: ['\u0000'] };
      const left = readAll(openai.chat.completions.create({ ...long, stream }, { signal: abort.signal }));
      await new Promise((resolve) => setTimeout(resolve, 2500));
      abort.abort();
      assert.equal(await left, 'aborted');

      // Ollama works at one request of a model at a time: this one is answered as soon as the other is over.
      const begin = performance.now();
      const next = await openai.chat.completions.create({ ...long, max_completion_tokens: 1 });

      console.log(`    the next request was answered after ${(performance.now() - begin).toFixed(0)} ms`);
      assert.equal(next.usage?.completion_tokens, 1);
    });
  }

  it('ends a stream with an error when the runner dies, and answers the next request', async () => {
    const stream = await openai.chat.completions.create({
      model: plain,
      messages: [...story],
      max_completion_tokens: 3500,
      stream: true,
    });

    let chunks = 0;
    await assert.rejects(async () => {
      for await (const chunk of stream) {
        chunks += chunk.choices.length;
        if (chunks === 5) killRunner();
      }
    }, /ended its answer before it was complete/);

    const next = await openai.chat.completions.create({
      model: plain,
      messages: [...story],
      max_completion_tokens: 2,
    });
    assert.equal(next.usage?.completion_tokens, 2);
  });
});

/** A schema that allows nothing but the call: with it the smallest model makes one. */
const onlyCall = {
  type: 'object',
  properties: {
    name: { const: 'get_weather' },
    parameters: {
      type: 'object',
      properties: { city: { const: 'Paris' } },
      required: ['city'],
      additionalProperties: false,
    },
  },
  required: ['name', 'parameters'],
  additionalProperties: false,
};

type Answer = OpenAI.ChatCompletion | AsyncIterable<OpenAI.ChatCompletionChunk>;

/** How it ended: a stream that is aborted only stops for the official client. */
async function readAll(asking: PromiseLike<Answer>): Promise<'answered' | 'aborted'> {
  try {
    const answer = await asking;
    if (!(Symbol.asyncIterator in answer)) return 'answered';
    let finish: string | null | undefined;
    for await (const { choices } of answer) finish = choices[0]?.finish_reason ?? finish;
    return finish === undefined ? 'aborted' : 'answered';
  } catch {
    return 'aborted';
  }
}

async function contextOf(id: string): Promise<number | undefined> {
  const answer = (await (await fetch(`${endpoint}/models`)).json()) as {
    data: { id: string; loaded: boolean; context_length: number }[];
  };
  const model = answer.data.find((one) => one.id === id);
  return model?.loaded === true ? model.context_length : undefined;
}

async function until(condition: () => Promise<boolean>, timeoutMs: number): Promise<boolean> {
  const deadline = Date.now() + timeoutMs;
  while (Date.now() < deadline) {
    if (await condition()) return true;
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
  return false;
}

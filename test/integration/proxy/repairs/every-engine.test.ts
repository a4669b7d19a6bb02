import assert from 'node:assert/strict';
import { APIError } from 'openai';
import { eventsOf } from '../../../unit/proxy/repairs/support';
import { before, engines, knownKinds, messages, startEngine, stopAll } from './support';

const tools = [
  { type: 'function' as const, function: { name: 'weather', parameters: { type: 'object' } } },
  { type: 'function' as const, function: { name: 'list_files', parameters: { type: 'object' } } },
];
const toolCalls = [
  { name: 'weather', arguments: { city: 'Paris', days: 2 } },
  { name: 'list_files', arguments: { deep: false } },
];

interface Chunk {
  readonly id: string;
  readonly choices: readonly {
    readonly delta: Readonly<Record<string, string | null | undefined>>;
    readonly finish_reason: string | null;
  }[];
  readonly usage?: unknown;
}

describe('the same surface before every engine', () => {
  afterEach(stopAll);

  for (const kind of knownKinds) {
    const { model } = engines[kind];

    describe(kind, () => {
      it('streams two tool calls that the client puts together', async () => {
        const { client } = await before(await startEngine(kind, { reply: { toolCalls } }), kind, model);

        const whole = await client.chat.completions.stream({ model, messages, tools }).finalChatCompletion();

        const [choice] = whole.choices;
        assert.equal(choice?.finish_reason, 'tool_calls');
        const calls = choice.message.tool_calls ?? [];
        assert.deepEqual(
          calls.map((call): unknown[] => [call.function.name, JSON.parse(call.function.arguments)]),
          toolCalls.map((call) => [call.name, call.arguments]),
        );
        const ids = calls.map(({ id }) => id);
        assert.equal(new Set(ids).size, 2);
        assert.ok(ids.every((id) => typeof id === 'string' && id !== ''));
      });

      it('tells reasoning under both names', async () => {
        const script = { reply: { reasoning: 'let me think', text: 'yes' }, reasoningField: 'reasoning_content' };
        const { post } = await before(await startEngine(kind, script), kind, model);

        const stream = await (await post('/v1/chat/completions', { model, messages, stream: true })).text();
        const whole = await (await post('/v1/chat/completions', { model, messages })).json();

        const chunks = eventsOf(stream).filter((event) => event !== '[DONE]') as Chunk[];
        const deltas = chunks.flatMap(({ choices }) => choices.map(({ delta }) => delta));
        const said = (name: string) => deltas.map((delta) => delta[name] ?? '').join('');
        assert.deepEqual([said('reasoning'), said('reasoning_content')], ['let me think', 'let me think']);
        const { message } = (whole as { choices: { message: Record<string, unknown> }[] }).choices[0] ?? {};
        assert.deepEqual([message?.['reasoning'], message?.['reasoning_content']], ['let me think', 'let me think']);
      });

      it('says the role once, the finish once, and no usage unasked', async () => {
        const { post, recordOf } = await before(await startEngine(kind), kind, model);

        const answer = await post('/v1/chat/completions', { model, messages, stream: true });
        const stream = await answer.text();

        const events = eventsOf(stream);
        assert.equal(events.at(-1), '[DONE]');
        const chunks = events.slice(0, -1) as Chunk[];
        assert.ok(chunks.every(({ choices }) => choices.length === 1));
        const choices = chunks.flatMap((chunk) => chunk.choices);
        assert.equal(choices.filter(({ delta }) => 'role' in delta).length, 1);
        assert.deepEqual(
          choices.map(({ finish_reason: reason }) => reason ?? undefined).filter((reason) => reason !== undefined),
          ['stop'],
        );
        assert.ok(chunks.every((chunk) => !('usage' in chunk)));
        assert.match(answer.headers.get('x-flm-repair') ?? '', /\busage\b/);
        const record = await recordOf();
        assert.equal(record.outcome, 'ok');
        assert.ok((record.tokensIn ?? 0) > 0 && (record.tokensOut ?? 0) > 0);
      });

      it('gives the usage to a client that asks, in a chunk of its own', async () => {
        const { client } = await before(await startEngine(kind), kind, model);

        for (const route of ['chat', 'completions'] as const) {
          const options = { stream: true, stream_options: { include_usage: true } } as const;
          const stream =
            route === 'chat'
              ? await client.chat.completions.create({ model, messages, ...options })
              : await client.completions.create({ model, prompt: 'Hi', ...options });
          const withUsage: number[] = [];
          for await (const chunk of stream) if (chunk.usage) withUsage.push(chunk.choices.length);
          assert.deepEqual(withUsage, [0], route);
        }
      });

      it('tells a failure in the stream as an error in OpenAI’s shape, without [DONE]', async () => {
        const engine = await startEngine(kind, {
          reply: { text: 'one two three four', failAfterTokens: 2, failMessage: 'boom' },
        });
        const { client, post, recordOf } = await before(engine, kind, model);

        const stream = await client.chat.completions.create({ model, messages, stream: true });
        const read = async (): Promise<void> => {
          for await (const chunk of stream) assert.ok(chunk.choices.length > 0);
        };
        await assert.rejects(read, (error: unknown) => error instanceof APIError && error.type === 'server_error');
        const events = eventsOf(await (await post('/v1/chat/completions', { model, messages, stream: true })).text());

        const { error } = events.at(-1) as { error: Record<string, unknown> };
        assert.deepEqual(Object.keys(error), ['message', 'type', 'param', 'code']);
        assert.equal(typeof error['code'], 'string');
        assert.equal((await recordOf()).outcome, 'engine-error');
      });

      it('passes what the engine says with every repair switched off', async () => {
        const engine = await startEngine(kind);
        const { post } = await before(engine, kind, model, {
          config: { 'proxy.repairs.disabled': await repairNames() },
        });
        const body = { model, messages, stream: true, seed: 1 };

        const answer = await post('/v1/chat/completions', body);
        await answer.text();

        assert.equal(answer.headers.get('x-flm-repair'), null);
        assert.deepEqual(engine.requests[0]?.json, body);
      });

      it('embeds as the client reads it, base64 by default', async () => {
        const embedder = { ollama: 'nomic-embed-text:latest', vllm: model, llamacpp: model, lmstudio: model }[kind];
        const script = { embeddingLength: 768, task: 'embed', isEmbeddingServer: true };
        const engine = await startEngine(kind, script);
        const { client, post } = await before(engine, kind, embedder);
        const probe = await post('/v1/embeddings', { model: embedder, input: 'a', encoding_format: 'float' });
        const { data } = (await probe.json()) as { data: { embedding: number[] }[] };

        const embedded = await client.embeddings.create({ model: embedder, input: 'a' });

        const floats = data[0]?.embedding.map((number) => Math.fround(number));
        assert.deepEqual(embedded.data[0]?.embedding, floats);
      });
    });
  }
});

async function repairNames(): Promise<readonly string[]> {
  return (await import('../../../../src/proxy/repairs/repair-table')).repairNames;
}

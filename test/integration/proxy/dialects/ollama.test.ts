import assert from 'node:assert/strict';
import { Ollama } from 'ollama';
import type { Model } from '../../../../src/core/model';
import type { CommonScript } from '../../../helpers/engines/script';
import { startProxy } from '../../../helpers/proxy-harness';
import { before, engines, knownKinds, startEngine, stopAll, type KnownKind } from '../repairs/support';

const messages = [{ role: 'user', content: 'Hi' }];
const png = Buffer.from('\x89PNG\r\n\x1a\nrest of a picture', 'latin1').toString('base64');
const tools = [
  {
    type: 'function',
    function: {
      name: 'weather',
      description: 'Weather of a city',
      parameters: { type: 'object', properties: { city: { type: 'string' } } },
    },
  },
];

/** The official client, speaking to FLM in front of an engine. */
async function clientOf(kind: KnownKind, script: Partial<CommonScript> = {}, model: Partial<Model> = {}) {
  const engine = await startEngine(kind, script);
  const proxy = await before(engine, kind, engines[kind].model, { model });
  const client = new Ollama({ host: proxy.url });
  return { client, engine, proxy, model: `engine/${engines[kind].model}` };
}

/** Lines of an NDJSON answer as they came. */
async function linesOf(answer: Response): Promise<Record<string, unknown>[]> {
  const text = await answer.text();
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

describe('Ollama’s official client with every engine', () => {
  afterEach(stopAll);

  for (const kind of knownKinds) {
    describe(kind, () => {
      it('streams a chat piece by piece and gets its totals', async () => {
        const { client, model } = await clientOf(kind, { reply: { text: ['Grüß', ' Gott', ' 😀'], promptTokens: 9 } });

        const parts = [];
        for await (const part of await client.chat({ model, messages, stream: true })) parts.push(part);

        assert.equal(parts.map((part) => part.message.content).join(''), 'Grüß Gott 😀');
        const last = parts.at(-1);
        assert.deepEqual(
          [last?.done, last?.done_reason, last?.prompt_eval_count, last?.eval_count],
          [true, 'stop', 9, 3],
        );
        assert.ok((last?.total_duration ?? 0) > 0);
      });

      it('gets a whole chat', async () => {
        const { client, model } = await clientOf(kind, { reply: { text: 'Hello' } });

        const answer = await client.chat({ model, messages });

        assert.deepEqual([answer.message.content, answer.done, answer.done_reason], ['Hello', true, 'stop']);
      });

      for (const stream of [false, true]) {
        it(`gets tool calls with arguments as objects${stream ? ' in a stream' : ''}`, async () => {
          const toolCalls = [
            { name: 'weather', arguments: { city: 'Köln' } },
            { name: 'weather', arguments: { city: '東京' } },
          ];
          const { client, model } = await clientOf(kind, { reply: { toolCalls } }, { capabilities: ['chat', 'tools'] });

          const answers = [];
          if (stream)
            for await (const part of await client.chat({ model, messages, tools, stream })) answers.push(part);
          else answers.push(await client.chat({ model, messages, tools }));

          const calls = answers.flatMap(({ message }) => message.tool_calls ?? []);
          assert.deepEqual(
            calls.map((call) => call.function.arguments),
            [{ city: 'Köln' }, { city: '東京' }],
          );
          assert.equal(answers.at(-1)?.done, true);
        });
      }

      it('generates from a prompt, streamed and whole', async () => {
        const { client, model } = await clientOf(kind, { reply: { text: ['a', ' b'] } });

        const parts: unknown[] = [];
        for await (const { response } of await client.generate({ model, prompt: 'Hi', stream: true }))
          parts.push(response);
        const whole = await client.generate({ model, prompt: 'Hi' });

        assert.deepEqual([parts.join(''), whole.response, whole.done], ['a b', 'a b', true]);
      });

      it('hears of a failure in the middle of a stream', async () => {
        const { client, model, proxy } = await clientOf(kind, {
          reply: { text: ['a', ' b', ' c'], failAfterTokens: 2 },
        });

        await assert.rejects(async () => {
          for await (const part of await client.chat({ model, messages, stream: true })) assert.ok(part);
        }, /./);
        const lines = await linesOf(await proxy.post('/api/chat', { model, messages }));

        assert.equal(typeof lines.at(-1)?.error, 'string');
        assert.equal(
          lines.some(({ done }) => done === true),
          false,
        );
      });

      it('stops the engine when it aborts', async () => {
        const { client, engine, model, proxy } = await clientOf(kind, {
          reply: { text: Array<string>(500).fill('x ') },
          timing: { tokenMs: 10 },
        });

        const answer = await client.chat({ model, messages, stream: true });
        await assert.rejects(async () => {
          for await (const part of answer) if (part.message.content !== '') answer.abort();
        });

        await engine.waitForIdle();
        assert.equal((await proxy.recordOf()).outcome, 'aborted');
      });
    });
  }

  const embedders: readonly (readonly [KnownKind, string, object])[] = [
    ['ollama', 'nomic-embed-text:latest', {}],
    ['llamacpp', engines.llamacpp.model, { isEmbeddingServer: true }],
    ['vllm', engines.vllm.model, { task: 'embed' }],
    ['lmstudio', 'text-embedding-nomic-embed-text-v1.5', {}],
  ];
  for (const [kind, id, script] of embedders) {
    it(`gets vectors of ${kind}`, async () => {
      const engine = await startEngine(kind, { embeddingLength: 4, ...script });
      const proxy = await before(engine, kind, id, { model: { capabilities: ['embeddings'] } });
      const client = new Ollama({ host: proxy.url });

      const { embeddings } = await client.embed({ model: `engine/${id}`, input: ['a', 'b'] });
      const { embedding } = await client.embeddings({ model: `engine/${id}`, prompt: 'a' });

      assert.deepEqual(
        embeddings.map((vector) => vector.length),
        [4, 4],
      );
      assert.deepEqual(embedding, embeddings[0]);
    });
  }
});

describe('Ollama’s API of FLM', () => {
  afterEach(stopAll);

  it('lists, shows and tells what runs', async () => {
    const { client, model } = await clientOf(
      'lmstudio',
      {},
      {
        capabilities: ['chat', 'tools'],
        contextLoaded: 8192,
        family: 'gemma3',
        isLoaded: true,
      },
    );

    const [listed] = (await client.list()).models;
    const shown = await client.show({ model });
    const [running] = (await client.ps()).models;

    assert.deepEqual([listed?.name, running?.name], [model, model]);
    assert.deepEqual(shown.capabilities, ['completion', 'tools']);
    assert.equal((shown.model_info as unknown as Record<string, unknown>)['gemma3.context_length'], 8192);
  });

  it('has the version that clients ask for, and greets at the root as they expect it', async () => {
    const { client, proxy } = await clientOf('vllm');

    const root = await fetch(proxy.url);
    const head = await fetch(proxy.url, { method: 'HEAD' });

    assert.match((await client.version()).version, /^0\.\d+\.\d+$/);
    assert.deepEqual([await root.text(), head.status, await head.text()], ['Ollama is running', 200, '']);
  });

  it('changes no engine: 403 that says why, and no engine hears of it', async () => {
    const { client, engine } = await clientOf('ollama');

    const changes = [
      () => client.pull({ model: 'x' }),
      () => client.push({ model: 'x' }),
      () => client.create({ model: 'x', from: 'y' }),
      () => client.copy({ source: 'x', destination: 'y' }),
      () => client.delete({ model: 'llama3.2:3b' }),
    ];
    for (const change of changes) {
      await assert.rejects(change, { status_code: 403, message: /does not pull, push, create, copy or delete/ });
    }

    assert.deepEqual(engine.requests, []);
  });

  it('words every error as Ollama does', async () => {
    const { client, proxy } = await clientOf('vllm');

    await assert.rejects(client.chat({ model: 'none', messages }), {
      status_code: 404,
      message: /'none' is not offered/,
    });
    await assert.rejects(client.show({ model: 'none' }), { status_code: 404, message: "model 'none' not found" });
    const wrongMethod = await fetch(`${proxy.url}/api/chat`);
    assert.deepEqual([wrongMethod.status, Object.keys((await wrongMethod.json()) as object)], [405, ['error']]);
    const malformed = await proxy.post('/api/show', '{bad');
    assert.deepEqual([malformed.status, Object.keys((await malformed.json()) as object)], [400, ['error']]);
  });

  it('hides the models a key may not use, in every list', async () => {
    const engine = await startEngine('vllm');
    const admit = () => ({
      ok: true as const,
      identity: { type: 'key' as const, keyId: 'k', label: 'k' },
      canUse: (id: string) => id.endsWith('/b'),
    });
    const setup = {
      id: 'engine',
      baseUrl: engine.url,
      models: ['a', 'b'],
      kind: 'vllm' as const,
      model: { isLoaded: true },
    };
    const proxy = await startProxy({ engines: [setup], gate: { admit } });
    const client = new Ollama({ host: proxy.url });

    const names = async (list: Promise<{ models: { name: string }[] }>) => (await list).models.map(({ name }) => name);
    const seen = [await names(client.list()), await names(client.ps())];
    const hidden = await client
      .show({ model: 'engine/a' })
      .catch((error: unknown) => (error as { status_code: number }).status_code);
    await proxy.stop();
    await engine.stop();

    assert.deepEqual([seen, hidden], [[['engine/b'], ['engine/b']], 404]);
  });

  it('streams when the client does not say', async () => {
    const { model, proxy } = await clientOf('vllm');

    const answer = await proxy.post('/api/chat', { model, messages });

    assert.equal(answer.headers.get('content-type'), 'application/x-ndjson');
    assert.ok((await linesOf(answer)).length > 2);
  });

  it('passes everything to Ollama as it is, but for the model’s name', async () => {
    const { client, engine, model } = await clientOf('ollama');
    const request = {
      messages: [{ role: 'user', content: 'Hi', images: [png] }],
      options: { num_ctx: 8192, mirostat: 2 },
      keep_alive: '1h',
      format: { type: 'object' },
      think: false,
    };

    await client.chat({ model, ...request }).catch(() => undefined);

    const [seen] = engine.requests;
    assert.equal(seen?.path, '/api/chat');
    assert.deepEqual(seen.json, { model: 'llama3.2:3b', ...request, stream: false });
  });

  it('sends pictures to other engines as data URLs', async () => {
    const { client, engine, model } = await clientOf('lmstudio');

    await client.chat({ model, messages: [{ role: 'user', content: 'What?', images: [png] }] }).catch(() => undefined);

    const [seen] = engine.requests;
    assert.match(JSON.stringify(seen?.json), new RegExp(`"url":"data:image/png;base64,${png.replaceAll('+', '\\+')}"`));
  });

  it('shows thinking apart from the answer', async () => {
    const { client, model } = await clientOf('vllm', { reply: { reasoning: 'hm', text: 'Hi' } });

    const { message } = await client.chat({ model, messages, think: true });

    assert.deepEqual([message.thinking, message.content], ['hm', 'Hi']);
  });

  it('answers a request to load where there is nothing to load', async () => {
    const { client, engine, model } = await clientOf('vllm');

    const loaded = await client.generate({ model, prompt: '', keep_alive: -1 });

    assert.deepEqual([loaded.done, loaded.done_reason, engine.requests.length], [true, 'load', 0]);
  });
});

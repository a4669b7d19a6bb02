import assert from 'node:assert/strict';
import { usableContext } from '../../../src/core/model';
import { connect } from 'node:net';
import type { Engine } from '../../../src/core/engine';
import { startLlamaServer } from '../../helpers/engines/llama-server';
import { startLmStudio } from '../../helpers/engines/lmstudio';
import { startOllama } from '../../helpers/engines/ollama';
import { startVllm } from '../../helpers/engines/vllm';
import { Resources, until } from './monitor-bench';

const summary = (engines: readonly Engine[]) => engines.map((engine) => `${engine.kind} ${engine.state}`);
const ids = (engines: readonly Engine[]) => engines.flatMap((engine) => engine.models.map((model) => model.id));

describe('detection against simulated engines', function () {
  this.timeout(30_000);
  const resources = new Resources();
  afterEach(() => resources.close());

  it('scenario 1: Ollama with its models, what is loaded and its version', async () => {
    const ollama = resources.add(await startOllama({ loaded: ['llama3.2:3b'] }));

    const [engine] = await resources.look(ollama.url);

    assert.deepEqual(summary([engine!]), ['ollama healthy']);
    assert.equal(engine?.version, ollama.scripted.version ?? engine?.version);
    assert.deepEqual(
      ids([engine!]),
      ollama.scripted.models.map((model) => model.name),
    );
    const loaded = engine?.models.find((model) => model.id === 'llama3.2:3b');
    assert.deepEqual(
      [loaded?.isLoaded, loaded?.contextMax, loaded?.capabilities],
      [true, 131_072, ['chat', 'completion', 'tools']],
    );
    assert.equal(typeof loaded?.contextLoaded, 'number');
  });

  it('scenario 1: an older Ollama, whose context and capabilities come from /api/show', async () => {
    const ollama = resources.add(await startOllama({ hasLegacyTags: true }));

    const [engine] = await resources.look(ollama.url);

    const model = engine?.models.find((entry) => entry.id === 'llama3.2:3b');
    assert.deepEqual([model?.contextMax, model?.capabilities], [131_072, ['chat', 'completion', 'tools']]);
  });

  it('scenario 1: an older Ollama is asked about each model once', async () => {
    const ollama = resources.add(await startOllama({ hasLegacyTags: true }));
    const monitor = resources.monitor([ollama.url], { 'engines.cacheTtlMinutes': 0.1 });
    monitor.start();
    await until(monitor, (snapshot) => snapshot.engines[0]?.state === 'healthy');
    const asked = ollama.requestsTo('/api/show').length;

    const before = ollama.requestsTo('/api/tags').length;
    monitor.keysChanged(ollama.url);
    await ollama.waitForRequest(() => ollama.requestsTo('/api/tags').length > before);

    assert.equal(asked, ollama.scripted.models.length);
    assert.equal(ollama.requestsTo('/api/show').length, asked);
  });

  it('scenario 2: Ollama without models', async () => {
    const ollama = resources.add(await startOllama({ models: [] }));

    const engines = await resources.look(ollama.url);

    assert.deepEqual([summary(engines), ids(engines)], [['ollama healthy'], []]);
  });

  it('scenario 3: probes pass the Host and Origin checks of Ollama', async () => {
    const ollama = resources.add(await startOllama({ checksHost: true }));

    assert.deepEqual(summary(await resources.look(ollama.url)), ['ollama healthy']);
    assert.ok(ollama.requests.every((request) => request.headers.origin === undefined));
  });

  it('scenario 10: llama-server while loading, then ready', async () => {
    const llama = resources.add(await startLlamaServer({ isLoading: true }));
    const monitor = resources.monitor([llama.url]);
    monitor.start();
    monitor.setActive(true);
    await until(monitor, (snapshot) => snapshot.engines[0]?.state === 'loading');

    llama.script({ isLoading: false });

    const ready = await until(monitor, (snapshot) => snapshot.engines[0]?.state === 'healthy');
    assert.equal(ready.engines[0]?.models.length, 1);
  });

  it('scenario 10: llama-server that exits while loading', async () => {
    const llama = resources.add(await startLlamaServer({ isLoading: true }));
    const monitor = resources.monitor([llama.url]);
    monitor.start();
    monitor.setActive(true);
    await until(monitor, (snapshot) => snapshot.engines[0]?.state === 'loading');

    await llama.stop();

    const gone = await until(monitor, (snapshot) => snapshot.engines[0]?.state === 'network-error');
    assert.equal(gone.engines[0]?.reason.code, 'engine.refused');
  });

  it('scenario 11: llama-server whose model id is a Windows path', async () => {
    const llama = resources.add(await startLlamaServer());
    llama.script({ model: { ...llama.scripted.model, id: 'C:\\m\\a.gguf' } });

    const engines = await resources.look(llama.url);

    assert.deepEqual([summary(engines), ids(engines)], [['llamacpp healthy'], ['C:\\m\\a.gguf']]);
    assert.equal(engines[0]?.models[0]?.displayName, 'a');
  });

  for (const hasOpenModels of [true, false]) {
    it(`scenario 12: llama-server that wants a key, with its list ${hasOpenModels ? 'open' : 'closed'}`, async () => {
      const llama = resources.add(await startLlamaServer({ apiKey: 'secret', hasOpenModels }));

      const [engine] = await resources.look(llama.url);

      assert.deepEqual(
        [engine?.kind, engine?.state, engine?.reason.code],
        ['llamacpp', 'needs-key', 'engine.needsKey'],
      );
    });
  }

  it('scenario 16: a llama.cpp router with models in all states', async () => {
    const llama = resources.add(
      await startLlamaServer({
        router: [
          { id: 'idle', state: 'unloaded' },
          { id: 'busy', state: 'loading' },
          { id: 'ready', state: 'loaded' },
          { id: 'asleep', state: 'sleeping' },
          { id: 'coming', state: 'downloading' },
          { id: 'broken', state: 'unloaded', failedWith: 1 },
        ],
      }),
    );

    const [engine] = await resources.look(llama.url);

    assert.deepEqual([engine?.kind, engine?.state, engine?.isRouter], ['llamacpp', 'healthy', true]);
    assert.deepEqual(
      engine?.models.map((model) => [model.id, model.isLoaded, model.isLoading === true]),
      [
        ['idle', false, false],
        ['busy', false, true],
        ['ready', true, false],
        ['asleep', false, false],
        ['broken', false, false],
      ],
    );
  });

  it('scenario 16: a model that the router loads shows as loaded', async () => {
    const llama = resources.add(await startLlamaServer({ router: [{ id: 'm', state: 'unloaded' }] }));
    const monitor = resources.monitor([llama.url]);
    monitor.start();
    monitor.setActive(true);
    await until(monitor, (snapshot) => snapshot.engines[0]?.models[0]?.isLoaded === false);

    llama.script({ router: [{ id: 'm', state: 'loaded' }] });

    await until(monitor, (snapshot) => snapshot.engines[0]?.models[0]?.isLoaded === true);
  });

  it('scenario 17: an old llama-server that looks like Ollama', async () => {
    const llama = resources.add(await startLlamaServer({ looksLikeOllama: true }));

    assert.deepEqual(summary(await resources.look(llama.url)), ['llamacpp healthy']);
  });

  it('scenario 20: vLLM refuses while loading, comes up, loses its engine, and goes', async () => {
    const vllm = resources.add(await startVllm());
    await vllm.stop();
    const monitor = resources.monitor([vllm.url]);
    monitor.start();
    monitor.setActive(true);
    await until(monitor, (snapshot) => snapshot.engines[0]?.state === 'network-error');

    await vllm.listen();
    const up = await until(monitor, (snapshot) => snapshot.engines[0]?.state === 'healthy');
    assert.equal(up.engines[0]?.kind, 'vllm');

    vllm.script({ isEngineDead: true });
    const dead = await until(monitor, (snapshot) => snapshot.engines[0]?.state === 'degraded');
    assert.deepEqual(dead.engines[0]?.reason, { code: 'engine.busy', args: [503] });

    await vllm.stop();
    await until(monitor, (snapshot) => snapshot.engines[0]?.state === 'network-error');
  });

  it('the context that Ollama will load a model with', async () => {
    const models = [
      { name: 'asks:1b', contextLength: 131_072, numCtx: 16_384 },
      { name: 'runs:1b', contextLength: 131_072 },
      { name: 'waits:1b', contextLength: 131_072 },
    ];
    const ollama = resources.add(await startOllama({ models, loaded: [{ name: 'runs:1b', contextLength: 32_768 }] }));

    const [engine] = await resources.look(ollama.url);

    const contexts = engine?.models.map((model) => [model.id, usableContext(model)]);
    assert.deepEqual(contexts, [
      ['asks:1b', 16_384],
      ['runs:1b', 32_768],
      ['waits:1b', 32_768],
    ]);
  });

  for (const hasToolParser of [true, false]) {
    it(`vLLM ${hasToolParser ? 'with' : 'without'} a parser of tool calls, found out with one refused request`, async () => {
      const vllm = resources.add(await startVllm({ hasToolParser }));

      const [engine] = await resources.look(vllm.url);

      assert.equal(engine?.models[0]?.capabilities.includes('tools'), hasToolParser);
      assert.equal(vllm.requestsTo('/v1/chat/completions').length, 1);
    });
  }

  it('scenario 21: vLLM that wants a key', async () => {
    const vllm = resources.add(await startVllm({ apiKey: 'secret' }));

    const [engine] = await resources.look(vllm.url);

    assert.deepEqual([engine?.kind, engine?.state], ['vllm', 'needs-key']);
  });

  it('scenario 24: vLLM with two served names and a LoRA adapter without a context of its own', async () => {
    const vllm = resources.add(
      await startVllm({
        models: [
          { id: 'Qwen/Qwen3-8B', maxModelLen: 40_960 },
          { id: 'chat', root: 'Qwen/Qwen3-8B', maxModelLen: 40_960 },
          { id: 'lora', root: '/l', parent: 'Qwen/Qwen3-8B', maxModelLen: null },
        ],
      }),
    );

    const [engine] = await resources.look(vllm.url);

    assert.deepEqual(
      engine?.models.map((model) => [model.id, model.contextLoaded, model.parent]),
      [
        ['Qwen/Qwen3-8B', 40_960, undefined],
        ['chat', 40_960, undefined],
        ['lora', 40_960, 'Qwen/Qwen3-8B'],
      ],
    );
  });

  const apis: readonly (readonly [string, { hasApiV1?: boolean; hasApiV0?: boolean }])[] = [
    ['with its own list of 0.4', {}],
    ['with its own list of 0.3.6', { hasApiV1: false }],
    ['without a list of its own', { hasApiV1: false, hasApiV0: false }],
  ];
  for (const [what, script] of apis) {
    it(`scenario 25: LM Studio ${what}`, async () => {
      const studio = resources.add(await startLmStudio(script));

      const [engine] = await resources.look(studio.url);

      assert.deepEqual([engine?.kind, engine?.state], ['lmstudio', 'healthy']);
      assert.deepEqual(ids([engine!]), [...new Set(studio.scripted.models.map((model) => model.id))]);
    });
  }

  it('scenario 25: LM Studio tells loaded models from downloaded ones, and ids listed twice count once', async () => {
    const studio = resources.add(
      await startLmStudio({
        hasApiV1: false,
        models: [
          { id: 'a', isLoaded: false, quantization: null },
          { id: 'a', isLoaded: true, contextMax: 32_768, contextLoaded: 4096 },
          { id: 'b', isLoaded: false },
          { id: 'e', type: 'embeddings' },
        ],
      }),
    );

    const [engine] = await resources.look(studio.url);

    assert.deepEqual(
      engine?.models.map((model) => [model.id, model.isLoaded]),
      [
        ['a', true],
        ['b', false],
        ['e', false],
      ],
    );
    assert.equal(engine.models[0]?.contextLoaded, 4096);
    assert.deepEqual(engine.models[2]?.capabilities, ['embeddings']);
  });

  it("scenario 26: LM Studio's internal port is no engine", async () => {
    const studio = resources.add(await startLmStudio({ isInternalPort: true }));

    const [engine] = await resources.look(studio.url);

    assert.deepEqual([engine?.state, engine?.reason.code], ['api-error', 'engine.notAnEngine']);
  });

  it('scenario 27: LM Studio whose /v1/models is broken', async () => {
    const studio = resources.add(await startLmStudio({ hasBrokenModelList: true }));

    const engines = await resources.look(studio.url);

    assert.deepEqual(summary(engines), ['lmstudio healthy']);
    assert.ok(ids(engines).length > 0);
  });

  it('scenario 41: Ollama stops and llama-server starts on the same port', async () => {
    const ollama = resources.add(await startOllama());
    const monitor = resources.monitor([ollama.url]);
    monitor.start();
    monitor.setActive(true);
    await until(monitor, (snapshot) => snapshot.engines[0]?.kind === 'ollama');
    const port = ollama.port;

    await ollama.stop();
    resources.add(await startLlamaServer({ port }));

    const swapped = await until(monitor, (snapshot) => snapshot.engines[0]?.kind === 'llamacpp');
    assert.deepEqual([swapped.engines[0]?.state, swapped.engines[0]?.models.length], ['healthy', 1]);
    assert.ok(!ids(swapped.engines).includes('llama3.2:3b'));
  });

  for (const host of ['127.0.0.1', '::1']) {
    it(`scenario 46: a base of localhost finds a server that listens on ${host} only`, async function () {
      const started = await startLlamaServer({ host }).catch(() => undefined);
      if (started === undefined) this.skip(); // a machine without IPv6
      const llama = resources.add(started);

      const engines = await resources.look(`http://localhost:${llama.port}`);

      assert.deepEqual(
        engines.map((engine) => [engine.baseUrl, engine.state]),
        [[llama.url, 'healthy']],
      );
    });
  }

  it('finds four engines under stable ids, all at once: none has to answer before another is asked', async () => {
    const simulators = await Promise.all([startOllama(), startLlamaServer(), startVllm(), startLmStudio()]);
    const fronts: string[] = [];
    let asked = 0;
    let open: () => void = () => undefined;
    const allAsked = new Promise<void>((resolve) => (open = resolve));
    for (const simulator of simulators) {
      resources.add(simulator);
      let isFirst = true;
      const port = await resources.tcp((socket) => {
        const engine = connect(simulator.port, '127.0.0.1').on('error', () => socket.destroy());
        socket.on('close', () => engine.destroy());
        engine.pipe(socket);
        if (isFirst && ++asked === simulators.length) open();
        isFirst = false;
        void allAsked.then(() => socket.pipe(engine));
      });
      fronts.push(`http://127.0.0.1:${port}`);
    }

    const engines = await resources.look(...fronts);

    assert.deepEqual(
      engines.map((engine) => engine.id),
      fronts.map((url, index) => `${['ollama', 'llamacpp', 'vllm', 'lmstudio'][index]}-${new URL(url).port}`),
    );
  });
});

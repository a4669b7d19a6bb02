import assert from 'node:assert/strict';
import { startProxy } from '../../../helpers/proxy-harness';
import { errorIn } from './answer-shape';
import { routes } from './routes';
import { assertQuiet, stopAll, watchRejections, withEngine } from './scene';

/** Names that engines give to models, or might (37). */
const oddIds = [
  'a/b:c@d%e',
  'C:\\models\\gemma 3 (Q4).gguf',
  'with spaces  and\ttabs',
  '😀 モデル',
  '<img src=x onerror=alert(1)>',
  '"quoted" \\u0041 ${x}',
  '__proto__',
  'constructor',
  '..%2f..%2fetc',
  'x'.repeat(10_000),
] as const;

const shown = (id: string): string => JSON.stringify(id.slice(0, 30));

describe('Fault matrix: odd names of models, on every route (37)', () => {
  watchRejections();
  afterEach(stopAll);

  for (const route of routes) {
    it(`reach the engine as they are: ${route.name}`, async () => {
      const answers = { '*': { status: 400, body: { error: 'seen' } } };
      const scene = await withEngine(route, { answers }, { modelIds: oddIds });
      for (const id of oddIds) {
        const answer = await scene.post(route.path, { ...route.body('Hi'), model: `engine/${id}` });

        const { message } = errorIn(route.api, await answer.text());
        assert.deepEqual([answer.status, message], [400, 'seen'], shown(id));
        assert.equal((scene.engine.requests.at(-1)?.json as { model: unknown }).model, id, shown(id));
      }
      await assertQuiet(scene);
    });

    it(`that nobody offers are refused without asking an engine: ${route.name}`, async () => {
      const scene = await withEngine(route);
      for (const model of oddIds) {
        const answer = await scene.post(route.path, { ...route.body('Hi'), model });

        assert.equal(answer.status, 404, shown(model));
        errorIn(route.api, await answer.text());
      }
      assert.equal(scene.engine.requests.length, 0);
    });
  }
});

interface List {
  readonly name: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly ids: (body: unknown) => readonly string[];
}

const lists: readonly List[] = [
  {
    name: 'OpenAI’s',
    path: '/v1/models',
    ids: (body) => (body as { data: { id: string }[] }).data.map(({ id }) => id),
  },
  {
    name: 'Anthropic’s',
    path: '/v1/models',
    headers: { 'anthropic-version': '2023-06-01' },
    ids: (body) => (body as { data: { id: string }[] }).data.map(({ id }) => id),
  },
  {
    name: 'Ollama’s',
    path: '/api/tags',
    ids: (body) => (body as { models: { name: string }[] }).models.map(({ name }) => name),
  },
];

describe('Fault matrix: lists of models (37)', () => {
  watchRejections();

  for (const { name, path, headers = {}, ids } of lists) {
    const models = async (...ofEngines: (readonly string[])[]): Promise<readonly string[]> => {
      const engines = ofEngines.map((all, i) => ({
        id: `engine-${i}`,
        baseUrl: `http://127.0.0.1:${i + 1}`,
        models: all,
      }));
      const proxy = await startProxy({ engines });
      try {
        const answer = await fetch(proxy.url + path, { headers });
        assert.equal(answer.status, 200);
        return ids(await answer.json());
      } finally {
        await proxy.stop();
      }
    };

    it(`${name} is empty where there is no model`, async () => assert.deepEqual(await models(), []));

    it(`${name} has 5,000 models, each once`, async () => {
      const found = await models(Array.from({ length: 5000 }, (_, i) => `model-${i}`));

      assert.equal(new Set(found).size, 5000);
      assert.equal(found.length, 5000);
    });

    it(`${name} has odd names as they are`, async () => {
      assert.deepEqual(
        await models(oddIds),
        oddIds.map((id) => `engine-0/${id}`),
      );
    });

    it(`${name} tells the same name at two engines apart`, async () => {
      const found = await models(['same'], ['same']);

      assert.deepEqual([...found].sort(), ['engine-0/same', 'engine-1/same']);
    });
  }

  it('one of them is found by its name, however odd', async () => {
    const proxy = await startProxy({ engines: [{ id: 'e', baseUrl: 'http://127.0.0.1:1', models: oddIds }] });
    try {
      for (const id of oddIds) {
        const answer = await fetch(`${proxy.url}/v1/models/${encodeURIComponent(`e/${id}`)}`);

        assert.equal(answer.status, 200, shown(id));
        assert.equal(((await answer.json()) as { id: string }).id, `e/${id}`);
      }
    } finally {
      await proxy.stop();
    }
  });
});

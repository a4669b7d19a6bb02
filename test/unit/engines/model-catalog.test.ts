import assert from 'node:assert/strict';
import fc from 'fast-check';
import { defaultConfig } from '../../../src/core/config';
import type { FlmConfig } from '../../../src/core/config-schema';
import type { Engine, EngineKind, EngineState } from '../../../src/core/engine';
import { canonicalModelId } from '../../../src/core/model-id';
import { reason } from '../../../src/core/reason';
import { ModelCatalog } from '../../../src/engines/model-catalog';

interface Sketch {
  readonly kind?: EngineKind;
  readonly state?: EngineState;
  readonly aliases?: readonly string[];
}

function engine(
  id: string,
  models: readonly string[],
  { kind = 'openai', state = 'healthy', aliases }: Sketch = {},
): Engine {
  return {
    id,
    kind,
    name: id,
    baseUrl: `http://${id}:1`,
    source: 'configured',
    state,
    reason: reason('engine.healthy', 1),
    since: 0,
    failures: 0,
    models: models.map((model) => ({ id: model, capabilities: ['chat'], ...(aliases ? { aliases } : {}) })),
    isStale: false,
    isRemote: false,
  };
}

function catalogOf(engines: readonly Engine[], config: Partial<FlmConfig> = {}): ModelCatalog {
  const snapshot = { revision: 1, engines, isScanning: false };
  const whole = { ...defaultConfig, ...config };
  return new ModelCatalog(
    () => snapshot,
    () => whole,
  );
}

function idsOf(catalog: ModelCatalog, name: string | undefined): readonly string[] | string {
  const resolution = catalog.resolve(name);
  return resolution.ok ? resolution.candidates.map((entry) => entry.id) : resolution.code;
}

describe('model catalogue', () => {
  const strange = ['a/b:c@d%2Fe', 'C:\\m\\a.gguf', '🦙', '__proto__', '/m/a.gguf', 'a//b', '100%'];
  for (const id of strange) {
    it(`resolves ${id} bare, canonical and as URI, encoded or not`, () => {
      const catalog = catalogOf([engine('one', [id])]);

      for (const name of [id, `one/${id}`, `flm://one/${encodeURIComponent(id)}`, `flm://one/${id}`]) {
        assert.deepEqual(idsOf(catalog, name), [`one/${id}`], name);
      }
    });
  }

  it('offers a bare id of several engines from all of them, usable ones first, loading ones after ready ones', () => {
    const catalog = catalogOf([
      engine('a', ['m'], { state: 'network-error' }),
      engine('b', ['m'], { state: 'loading' }),
      engine('c', ['m']),
      engine('d', ['m'], { state: 'degraded' }),
      engine('e', ['m'], { state: 'needs-key' }),
    ]);

    assert.deepEqual(idsOf(catalog, 'm'), ['c/m', 'd/m', 'b/m', 'e/m', 'a/m']);
  });

  it('publishes models of usable engines only, and still resolves those of others', () => {
    const catalog = catalogOf([engine('down', ['m'], { state: 'network-error' }), engine('up', ['n'])]);

    assert.deepEqual(
      catalog.list().map((entry) => entry.id),
      ['up/n'],
    );
    assert.deepEqual(idsOf(catalog, 'down/m'), ['down/m']);
  });

  it('neither publishes nor resolves hidden engines', () => {
    const catalog = catalogOf([engine('secret', ['m'])], { 'engines.hidden': ['secret'] });

    assert.deepEqual(catalog.list(), []);
    assert.equal(idsOf(catalog, 'm'), 'model_not_found');
  });

  it('keeps the order of engines by id, and of models as their engine has them', () => {
    const catalog = catalogOf([engine('b', ['z', 'a']), engine('a', ['y'])]);

    assert.deepEqual(
      catalog.list().map((entry) => entry.id),
      ['a/y', 'b/z', 'b/a'],
    );
  });

  it('understands the tag that Ollama implies', () => {
    const catalog = catalogOf([engine('ollama', ['llama3:latest', 'qwen3:8b'], { kind: 'ollama' })]);

    assert.deepEqual(idsOf(catalog, 'llama3'), ['ollama/llama3:latest']);
    assert.deepEqual(idsOf(catalog, 'ollama/llama3'), ['ollama/llama3:latest']);
    assert.equal(idsOf(catalog, 'qwen3'), 'model_not_found');
  });

  it('implies no tag for other engines', () => {
    assert.equal(idsOf(catalogOf([engine('x', ['llama3:latest'])]), 'llama3'), 'model_not_found');
  });

  it('takes :latest behind the name of any model, as clients of Ollama write it, and once only', () => {
    const catalog = catalogOf([engine('vllm', ['qwen3-8b'], { kind: 'vllm' })]);

    assert.deepEqual(idsOf(catalog, 'qwen3-8b:latest'), ['vllm/qwen3-8b']);
    assert.deepEqual(idsOf(catalog, 'vllm/qwen3-8b:latest'), ['vllm/qwen3-8b']);
    assert.equal(idsOf(catalog, `qwen3-8b${':latest'.repeat(2)}`), 'model_not_found');
    assert.equal(idsOf(catalog, ':latest'), 'model_not_found');
  });

  it('balances an implied tag with an exact id of another engine', () => {
    const catalog = catalogOf([
      engine('ollama', ['m:latest'], { kind: 'ollama' }),
      engine('vllm', ['m'], { kind: 'vllm' }),
    ]);

    assert.deepEqual(idsOf(catalog, 'm'), ['ollama/m:latest', 'vllm/m']);
  });

  it('reads an id whose first part happens to be the name of an engine as that engine only if it has the model', () => {
    const catalog = catalogOf([engine('openai', ['x']), engine('lmstudio', ['openai/gpt-oss-20b', 'openai/x'])]);

    assert.deepEqual(idsOf(catalog, 'openai/gpt-oss-20b'), ['lmstudio/openai/gpt-oss-20b']);
    assert.deepEqual(idsOf(catalog, 'openai/x'), ['openai/x']);
  });

  it('follows aliases before anything else, and aliases of aliases', () => {
    const catalog = catalogOf([engine('a', ['m', 'gpt-4o'])], { 'proxy.aliases': { 'gpt-4o': 'mine', mine: 'a/m' } });

    assert.deepEqual(idsOf(catalog, 'gpt-4o'), ['a/m']);
  });

  it('gets out of aliases that run in a circle', () => {
    assert.equal(idsOf(catalogOf([], { 'proxy.aliases': { a: 'b', b: 'a' } }), 'a'), 'model_not_found');
  });

  it('does not take members of every object for aliases', () => {
    assert.equal(idsOf(catalogOf([]), 'constructor'), 'model_not_found');
  });

  it('knows the other names an engine accepts, where no other model has that name', () => {
    const catalog = catalogOf([engine('a', ['real', 'taken'], { aliases: ['nick', 'taken'] })]);

    assert.deepEqual(idsOf(catalog, 'nick'), ['a/real']);
    assert.deepEqual(idsOf(catalog, 'a/taken'), ['a/taken']);
    assert.deepEqual(idsOf(catalog, 'taken'), ['a/taken']);
  });

  it('means the default model by an empty or absent name', () => {
    const catalog = catalogOf([engine('a', ['m'])], { 'proxy.defaultModel': 'm' });

    assert.deepEqual([idsOf(catalog, undefined), idsOf(catalog, '')], [['a/m'], ['a/m']]);
  });

  it('says that a model is missing when there is no default', () => {
    assert.equal(idsOf(catalogOf([engine('a', ['m'])]), undefined), 'model_missing');
  });

  it('suggests what may have been meant', () => {
    const resolution = catalogOf([engine('ollama', ['llama3.2:3b', 'qwen3:8b'])]).resolve('lama3.2:3b');

    assert.deepEqual(!resolution.ok && resolution.suggestions, ['ollama/llama3.2:3b']);
  });

  it('follows the snapshot and the settings as they change', () => {
    let snapshot = { revision: 1, engines: [engine('a', ['m'])], isScanning: false };
    let config: FlmConfig = defaultConfig;
    const catalog = new ModelCatalog(
      () => snapshot,
      () => config,
    );
    assert.deepEqual(idsOf(catalog, 'm'), ['a/m']);

    snapshot = { ...snapshot, revision: 2, engines: [engine('b', ['m'])] };
    assert.deepEqual(idsOf(catalog, 'm'), ['b/m']);

    config = { ...defaultConfig, 'engines.hidden': ['b'] };
    assert.equal(idsOf(catalog, 'm'), 'model_not_found');
  });

  it('builds its index once for 5,000 models, however often it is asked', () => {
    let reads = 0;
    const big = engine(
      'a',
      Array.from({ length: 5000 }, (_, n) => `m${n}`),
    );
    const watched = { ...big };
    Object.defineProperty(watched, 'models', { enumerable: true, get: () => (reads++, big.models) });
    const catalog = catalogOf([watched]);

    for (let n = 0; n < 1000; n++) catalog.resolve(`m${n}`);

    assert.equal(catalog.list().length, 5000);
    assert.equal(reads, 1);
  });

  it('resolves every canonical id to the model it was made of', () => {
    const name = fc.string({ minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(
        fc.uniqueArray(name, { minLength: 1, maxLength: 8 }),
        fc.uniqueArray(name, { minLength: 1, maxLength: 8 }),
        (first, second) => {
          const catalog = catalogOf([engine('one', first), engine('two', second, { kind: 'ollama' })]);
          for (const [id, models] of [
            ['one', first],
            ['two', second],
          ] as const) {
            for (const model of models) {
              const resolution = catalog.resolve(canonicalModelId(id, model));
              assert.ok(resolution.ok);
              assert.deepEqual([resolution.candidates[0]?.engine.id, resolution.candidates[0]?.model.id], [id, model]);
            }
          }
        },
      ),
    );
  });
});

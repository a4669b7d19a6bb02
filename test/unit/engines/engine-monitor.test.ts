import assert from 'node:assert/strict';
import { defaultConfig } from '../../../src/core/config';
import type { FlmConfig } from '../../../src/core/config-schema';
import type { Engine, EnginesSnapshot } from '../../../src/core/engine';
import { silentLogger } from '../../../src/core/logger';
import { EngineMonitor } from '../../../src/engines/engine-monitor';
import { FakeClock, settle } from '../../helpers/fake-clock';
import { fakeHost, type FakeHostFacts } from '../../helpers/fake-host';
import { FakeNetwork, llamaServer, ollamaServer, routes, type FakeServer } from '../../helpers/fake-network';

const ollamaUrl = 'http://127.0.0.1:11434';
const llamaUrl = 'http://127.0.0.1:8080';

class Scene {
  readonly clock = new FakeClock();
  readonly network = new FakeNetwork();
  readonly keys = new Map<string, string>();
  readonly changes: EnginesSnapshot[] = [];
  readonly monitor: EngineMonitor;

  constructor(config: Partial<FlmConfig> = {}, host: FakeHostFacts = {}, ownPorts: readonly number[] = []) {
    this.monitor = new EngineMonitor({
      clock: this.clock,
      logger: silentLogger,
      host: fakeHost(host),
      prober: this.network,
      keys: this.keys,
      config: { ...defaultConfig, ...config },
      ownPorts: () => ownPorts,
    });
    this.monitor.onDidChange((snapshot) => this.changes.push(snapshot));
  }

  async start(isActive = true): Promise<this> {
    this.monitor.start();
    this.monitor.setActive(isActive);
    await settle();
    return this;
  }

  /** Lets time pass in small steps, so that every timer meets settled promises. */
  async wait(ms: number): Promise<void> {
    await this.clock.advanceAsync(ms, 200);
  }

  get engines(): readonly Engine[] {
    return this.monitor.snapshot().engines;
  }

  /** `ollama healthy` for each engine. */
  get states(): readonly string[] {
    return this.engines.map((engine) => `${engine.id} ${engine.state}`);
  }
}

const configured = (url: string, more: object = {}): Partial<FlmConfig> => ({
  'engines.detect': false,
  'engines.addresses': [{ url, ...more }],
});

describe('engine monitor', () => {
  it('finds engines on their usual ports and reads their models', async () => {
    const scene = new Scene();
    scene.network.serve(ollamaUrl, ollamaServer(['qwen3:8b'], ['qwen3:8b']));
    scene.network.serve(llamaUrl, llamaServer());

    await scene.start();

    assert.deepEqual(scene.states, ['ollama healthy', 'llamacpp healthy']);
    assert.deepEqual([scene.engines[0]?.version, scene.engines[0]?.name], ['0.32.15', 'Ollama']);
    assert.deepEqual([scene.engines[0]?.models[0]?.isLoaded, scene.engines[0]?.models[0]?.contextLoaded], [true, 4096]);
  });

  it('is done after its budget even when a port never answers', async () => {
    const scene = new Scene();
    scene.network.serve(ollamaUrl, ollamaServer());
    scene.network.serve(llamaUrl, () => new Promise(() => undefined));

    await scene.start();
    assert.equal(scene.monitor.snapshot().isScanning, true);
    await scene.wait(1800);

    assert.equal(scene.monitor.snapshot().isScanning, false);
    assert.deepEqual(scene.states, ['ollama healthy']);
  });

  it('shows an engine that starts, within five seconds', async () => {
    const scene = await new Scene().start();
    assert.deepEqual(scene.states, []);

    scene.network.serve(ollamaUrl, ollamaServer());
    await scene.wait(5000);

    assert.deepEqual(scene.states, ['ollama healthy']);
  });

  it('shows an engine that stops as unreachable, within five seconds and with the reason', async () => {
    const scene = new Scene();
    scene.network.serve(ollamaUrl, ollamaServer());
    await scene.start();

    scene.network.serve(ollamaUrl, undefined);
    await scene.wait(5000);

    assert.deepEqual(scene.states, ['ollama network-error']);
    assert.equal(scene.engines[0]?.reason.code, 'engine.refused');
  });

  it('shows an engine that stops as installed where it is installed', async () => {
    const scene = new Scene({}, { env: { PATH: '/bin' }, paths: ['/bin/ollama'] });
    scene.network.serve(ollamaUrl, ollamaServer());
    await scene.start();
    assert.deepEqual(scene.states, ['ollama healthy']);

    scene.network.serve(ollamaUrl, undefined);
    await scene.wait(5000);

    assert.deepEqual(scene.states, ['ollama installed']);
    assert.equal(scene.engines[0]?.startCommand, '/bin/ollama serve');
  });

  it('forgets an engine of its own finding some minutes after it went', async () => {
    const scene = new Scene();
    scene.network.serve(ollamaUrl, ollamaServer());
    await scene.start();

    scene.network.serve(ollamaUrl, undefined);
    await scene.wait(6 * 60_000);

    assert.deepEqual(scene.states, []);
  });

  it('asks a vLLM again whether it calls tools once it was away: it may have been started with other options', async () => {
    const url = 'http://127.0.0.1:8000';
    const server = (callsTools: boolean): FakeServer => {
      const message = callsTools
        ? 'temperature must be non-negative'
        : '"auto" tool choice requires --tool-call-parser';
      return routes({
        '/v1/models': { body: { object: 'list', data: [{ id: 'm', object: 'model', owned_by: 'vllm' }] } },
        '/version': { body: { version: '0.32.0' } },
        '/health': { body: '' },
        '/v1/chat/completions': { status: 400, body: { error: { message } } },
      });
    };
    const scene = new Scene(configured(url, { kind: 'vllm' }));
    const questions = (): number => scene.network.pathsAt(url).filter((path) => path === '/v1/chat/completions').length;
    scene.network.serve(url, server(false));
    await scene.start();
    await scene.wait(20 * 60_000);
    assert.equal(questions(), 1);

    scene.network.serve(url, undefined);
    await scene.wait(10_000);
    scene.network.serve(url, server(true));
    await scene.wait(10_000);

    assert.equal(questions(), 2);
    assert.ok(scene.engines[0]?.models[0]?.capabilities.includes('tools'));
  });

  it('keeps a configured engine in view when it cannot be reached', async () => {
    const scene = await new Scene(configured('http://gpu-box:8000', { name: 'GPU box', kind: 'vllm' })).start();
    await scene.wait(10 * 60_000);

    assert.deepEqual(
      scene.engines.map((engine) => [engine.id, engine.name, engine.state, engine.isRemote]),
      [['vllm-gpu-box-8000', 'GPU box', 'network-error', true]],
    );
  });

  it('does not change the state for one lost probe', async () => {
    const scene = new Scene();
    let isLost = false;
    const server = ollamaServer();
    scene.network.serve(ollamaUrl, (request) => (isLost ? 'answer-timeout' : server(request)));
    await scene.start();
    const states = new Set<string>();
    scene.monitor.onDidChange((snapshot) => snapshot.engines.forEach((engine) => states.add(engine.state)));

    isLost = true;
    await scene.wait(2600);
    isLost = false;
    await scene.wait(3000);

    assert.deepEqual(scene.states, ['ollama healthy']);
    assert.ok(!states.has('network-error'));
  });

  it('sees another engine on a port whose engine was never seen closed', async () => {
    const scene = new Scene();
    scene.network.serve(llamaUrl, ollamaServer());
    await scene.start();
    assert.deepEqual(scene.states, ['ollama-8080 healthy']);

    scene.network.serve(llamaUrl, llamaServer('other.gguf'));
    await scene.wait(5000);

    assert.deepEqual(scene.states, ['llamacpp healthy']);
    assert.deepEqual(
      scene.engines[0]?.models.map((model) => model.id),
      ['other.gguf'],
    );
  });

  it('shows a server that listens on both loopback addresses once', async () => {
    const scene = new Scene();
    const server = ollamaServer();
    scene.network.serve(ollamaUrl, server);
    scene.network.serve('http://[::1]:11434', server);

    await scene.start();

    assert.deepEqual(
      scene.engines.map((engine) => engine.baseUrl),
      [ollamaUrl],
    );
  });

  it('follows that server to the other address when one closes', async () => {
    const scene = new Scene();
    const server = ollamaServer();
    scene.network.serve(ollamaUrl, server);
    scene.network.serve('http://[::1]:11434', server);
    await scene.start();

    scene.network.serve(ollamaUrl, undefined);
    await scene.wait(5000);

    assert.deepEqual(
      scene.engines.map((engine) => [engine.baseUrl, engine.state]),
      [['http://[::1]:11434', 'healthy']],
    );
  });

  it('shows the same server once when it is also configured by an address of this machine', async () => {
    const scene = new Scene(
      { 'engines.addresses': [{ url: 'http://192.168.1.5:11434', name: 'Mine' }] },
      { addresses: ['192.168.1.5'] },
    );
    const server = ollamaServer();
    scene.network.serve(ollamaUrl, server);
    scene.network.serve('http://192.168.1.5:11434', server);

    await scene.start();

    assert.deepEqual(
      scene.engines.map((engine) => [engine.name, engine.isRemote]),
      [['Mine', false]],
    );
  });

  it('shows several engines of one kind, told apart by their ports', async () => {
    const scene = new Scene({ 'engines.extraPorts': [8081] });
    scene.network.serve(llamaUrl, llamaServer('a.gguf'));
    scene.network.serve('http://127.0.0.1:8081', llamaServer('b.gguf'));

    await scene.start();

    assert.deepEqual(
      scene.engines.map((engine) => [engine.id, engine.name]),
      [
        ['llamacpp', 'llama.cpp (8080)'],
        ['llamacpp-8081', 'llama.cpp (8081)'],
      ],
    );
  });

  it('takes whichever literal of a configured localhost answers', async () => {
    const scene = new Scene(configured('http://localhost:9000'));
    scene.network.serve('http://[::1]:9000', llamaServer());

    await scene.start();

    assert.deepEqual(
      scene.engines.map((engine) => [engine.baseUrl, engine.state]),
      [['http://[::1]:9000', 'healthy']],
    );
  });

  it('never shows FLM itself', async () => {
    const scene = new Scene({ 'engines.extraPorts': [11_500] });
    const flm = routes({}, { status: 401, headers: { 'x-flm-gateway': '0.1.0' }, body: { error: { message: 'key' } } });
    scene.network.serve('http://127.0.0.1:11500', flm);
    scene.network.serve(llamaUrl, flm);

    await scene.start();

    assert.deepEqual(scene.states, []);
  });

  it("does not even ask FLM's own port", async () => {
    const scene = await new Scene({}, {}, [8080]).start();

    assert.deepEqual(scene.network.pathsAt(llamaUrl), []);
  });

  it('tells of an engine that wants a key, and uses the key as soon as there is one', async () => {
    const scene = new Scene(configured('http://gpu-box:8000'));
    scene.network.serve('http://gpu-box:8000', (request) =>
      request.key === 'secret'
        ? { body: { object: 'list', data: [{ id: 'm' }] } }
        : { status: 401, body: { error: { message: 'no key' } } },
    );
    await scene.start();
    assert.deepEqual([scene.engines[0]?.state, scene.engines[0]?.reason.code], ['needs-key', 'engine.needsKey']);

    scene.keys.set('http://gpu-box:8000', 'wrong');
    scene.monitor.keysChanged('http://gpu-box:8000/');
    await settle();
    assert.equal(scene.engines[0]?.reason.code, 'engine.keyRejected');

    scene.keys.set('http://gpu-box:8000', 'secret');
    scene.monitor.keysChanged('http://gpu-box:8000');
    await settle();
    assert.equal(scene.engines[0].state, 'healthy');
  });

  it('sends a key to its own address and to no other', async () => {
    const scene = new Scene({ 'engines.addresses': [{ url: 'http://gpu-box:8000' }, { url: 'http://gpu-box:8001' }] });
    scene.keys.set('http://gpu-box:8000', 'secret');
    for (const url of ['http://gpu-box:8000', 'http://gpu-box:8001', ollamaUrl])
      scene.network.serve(url, llamaServer());

    await scene.start();

    const receivers = new Set(
      scene.network.requests.filter((request) => request.key !== undefined).map((request) => request.baseUrl),
    );
    assert.deepEqual([...receivers], ['http://gpu-box:8000']);
  });

  it('sends the key of a configured localhost to its two literals only', async () => {
    const scene = new Scene({ 'engines.addresses': [{ url: 'http://localhost:9000' }] });
    scene.keys.set('http://localhost:9000', 'secret');

    await scene.start();

    const receivers = new Set(
      scene.network.requests.filter((request) => request.key !== undefined).map((request) => request.baseUrl),
    );
    assert.deepEqual([...receivers], ['http://127.0.0.1:9000', 'http://[::1]:9000']);
  });

  it('shows loading, then healthy', async () => {
    const scene = new Scene();
    let isLoading = true;
    const server = llamaServer();
    scene.network.serve(llamaUrl, (request) =>
      isLoading
        ? {
            status: 503,
            headers: { server: 'llama.cpp' },
            body: { error: { message: 'Loading model', type: 'unavailable_error' } },
          }
        : server(request),
    );
    await scene.start();
    assert.deepEqual(scene.states, ['llamacpp loading']);

    isLoading = false;
    await scene.wait(2000);

    assert.deepEqual(scene.states, ['llamacpp healthy']);
    assert.equal(scene.engines[0]?.models.length, 1);
  });

  it('shows a slow engine as degraded', async () => {
    const scene = new Scene(configured(llamaUrl));
    const body = { object: 'list', data: [{ id: 'm' }] };
    scene.network.serve(llamaUrl, routes({ '/v1/models': { body, latencyMs: 1600 } }));

    await scene.start();

    assert.deepEqual(
      [scene.engines[0]?.state, scene.engines[0]?.reason],
      ['degraded', { code: 'engine.slow', args: [1600, 1500] }],
    );
  });

  it('has no timer at all while nobody looks', async () => {
    const scene = new Scene();
    scene.network.serve(ollamaUrl, ollamaServer());
    await scene.start(false);
    const asked = scene.network.requests.length;

    await scene.wait(60_000);

    assert.equal(scene.clock.pending, 0);
    assert.equal(scene.network.requests.length, asked);
  });

  it('looks again as soon as somebody looks', async () => {
    const scene = new Scene();
    await scene.start(false);
    scene.network.serve(ollamaUrl, ollamaServer());
    await scene.wait(60_000);
    assert.deepEqual(scene.states, []);

    scene.monitor.setActive(true);
    await scene.wait(200);

    assert.deepEqual(scene.states, ['ollama healthy']);
  });

  it('calls data stale that is older than its time to live, and refreshes it when somebody looks', async () => {
    const scene = new Scene();
    scene.network.serve(ollamaUrl, ollamaServer());
    await scene.start(false);
    await scene.wait(5 * 60_000);

    const seen: boolean[] = [];
    scene.monitor.onDidChange((snapshot) => seen.push(snapshot.engines[0]?.isStale === true));
    scene.monitor.setActive(true);
    await scene.wait(200);

    assert.deepEqual([seen[0], seen.at(-1)], [true, false]);
  });

  it('asks for little between full looks', async () => {
    const scene = new Scene();
    scene.network.serve(ollamaUrl, ollamaServer());
    await scene.start();
    const before = scene.network.pathsAt(ollamaUrl).length;

    await scene.wait(20_000);

    const asked = scene.network.pathsAt(ollamaUrl).slice(before);
    assert.ok(asked.length <= 8, 'at most one request every 2.5 s');
    assert.deepEqual(new Set(asked), new Set(['/api/ps', '/api/tags']));
  });

  it('reads all metadata again when its time to live is over', async () => {
    const scene = new Scene({ 'engines.cacheTtlMinutes': 1 });
    scene.network.serve(ollamaUrl, ollamaServer());
    await scene.start();
    const before = scene.network.pathsAt(ollamaUrl).filter((path) => path === '/api/version').length;

    await scene.wait(65_000);

    assert.ok(scene.network.pathsAt(ollamaUrl).filter((path) => path === '/api/version').length > before);
  });

  it('shows a model that gets loaded, and one that is pulled', async () => {
    const scene = new Scene();
    scene.network.serve(ollamaUrl, ollamaServer(['a:1']));
    await scene.start();

    scene.network.serve(ollamaUrl, ollamaServer(['a:1'], ['a:1']));
    await scene.wait(3000);
    assert.equal(scene.engines[0]?.models[0]?.isLoaded, true);

    scene.network.serve(ollamaUrl, ollamaServer(['a:1', 'b:1']));
    await scene.wait(12_000);
    assert.deepEqual(
      scene.engines[0].models.map((model) => model.id),
      ['a:1', 'b:1'],
    );
  });

  it('fires nothing while nothing changes', async () => {
    const scene = new Scene();
    scene.network.serve(ollamaUrl, ollamaServer());
    await scene.start();
    const fired = scene.changes.length;

    await scene.wait(60_000);

    assert.equal(scene.changes.length, fired);
  });

  it('numbers its changes upwards', async () => {
    const scene = new Scene();
    scene.network.serve(ollamaUrl, ollamaServer());
    await scene.start();

    const revisions = scene.changes.map((snapshot) => snapshot.revision);
    assert.deepEqual(
      revisions,
      [...revisions].sort((a, b) => a - b),
    );
    assert.equal(new Set(revisions).size, revisions.length);
  });

  it('shares one round between calls of refresh, and ignores what is cached', async () => {
    const scene = new Scene();
    scene.network.serve(ollamaUrl, ollamaServer());
    await scene.start(false);
    const before = scene.network.requests.length;

    const first = scene.monitor.refresh();
    const second = scene.monitor.refresh();
    await settle();

    assert.equal(first, second);
    assert.equal((await first).engines[0]?.state, 'healthy');
    const paths = scene.network.requests
      .slice(before)
      .filter((request) => request.baseUrl === ollamaUrl)
      .map((request) => request.path);
    assert.deepEqual(paths.filter((path) => path === '/api/tags').length, 1);
    assert.ok(paths.includes('/api/version'));
  });

  it('shows engines of an earlier run as stale until it has looked', async () => {
    const earlier = new Scene();
    earlier.network.serve(ollamaUrl, ollamaServer());
    await earlier.start();
    const scene = new Scene();
    scene.network.serve(ollamaUrl, ollamaServer());

    await scene.monitor.seed(earlier.monitor.cacheable());
    assert.deepEqual(
      scene.engines.map((engine) => [engine.isStale, engine.reason.code, engine.models.length]),
      [[true, 'engine.cached', 1]],
    );
    await scene.start();

    assert.deepEqual(
      scene.engines.map((engine) => [engine.isStale, engine.reason.code]),
      [[false, 'engine.healthy']],
    );
  });

  it('drops an engine of an earlier run that is gone', async () => {
    const earlier = new Scene();
    earlier.network.serve(ollamaUrl, ollamaServer());
    await earlier.start();
    const scene = new Scene();
    await scene.monitor.seed(earlier.monitor.cacheable());

    await scene.start(false);

    assert.deepEqual(scene.states, []);
  });

  it('shows an engine of an earlier run that comes to be known during the first look', async () => {
    const earlier = new Scene();
    earlier.network.serve(ollamaUrl, ollamaServer());
    await earlier.start();
    const scene = new Scene();
    scene.network.serve(ollamaUrl, () => new Promise(() => undefined));
    await scene.start();

    await scene.monitor.seed(earlier.monitor.cacheable());

    assert.deepEqual(
      scene.engines.map((engine) => [engine.id, engine.isStale, engine.reason.code, engine.models.length]),
      [['ollama', true, 'engine.cached', 1]],
    );
  });

  it('keeps what it has read when an earlier run comes to be known afterwards', async () => {
    const earlier = new Scene();
    earlier.network.serve(ollamaUrl, ollamaServer(['old:1b']));
    await earlier.start();
    const scene = new Scene();
    scene.network.serve(ollamaUrl, ollamaServer(['new:1b']));
    await scene.start();

    await scene.monitor.seed(earlier.monitor.cacheable());

    assert.deepEqual(
      scene.engines.map((engine) => [engine.isStale, engine.models.map(({ id }) => id)]),
      [[false, ['new:1b']]],
    );
  });

  it('drops an engine of an earlier run that was found gone before the earlier run was known', async () => {
    const earlier = new Scene();
    earlier.network.serve(ollamaUrl, ollamaServer());
    await earlier.start();
    const scene = await new Scene().start(false);

    await scene.monitor.seed(earlier.monitor.cacheable());

    assert.deepEqual(scene.states, []);
  });

  for (const isKnownLate of [false, true]) {
    it(`knows what a configured engine that is down was, the earlier run known ${isKnownLate ? 'after' : 'before'} the look`, async () => {
      const url = 'http://engine.test:11434';
      const earlier = new Scene(configured(url));
      earlier.network.serve(url, ollamaServer(['a:1b']));
      await earlier.start();
      const scene = new Scene(configured(url));

      if (isKnownLate) await scene.start();
      await scene.monitor.seed(earlier.monitor.cacheable());
      if (!isKnownLate) await scene.start();

      assert.deepEqual(
        scene.engines.map((engine) => [engine.kind, engine.state, engine.models.map(({ id }) => id)]),
        [['ollama', 'network-error', ['a:1b']]],
      );
    });
  }

  it('takes nothing from a damaged cache', async () => {
    const scene = new Scene();
    const good = {
      id: 'a',
      kind: 'ollama',
      name: '',
      baseUrl: ollamaUrl,
      source: 'default-port',
      state: 'healthy',
      reason: { code: 'engine.healthy', args: [] },
    };
    const damaged = [
      { ...good, checkedAt: 1e300, models: [null, {}, { id: 'x' }, { id: 'ok', capabilities: ['chat'] }] },
      { ...good, baseUrl: llamaUrl, kind: 'nonsense', models: [] },
    ];

    await scene.monitor.seed(damaged as unknown as readonly Engine[]);

    assert.deepEqual(
      scene.engines.map((engine) => engine.models.map((model) => model.id)),
      [['ok']],
    );
  });

  it('never probes a passive engine, and believes requests about it', async () => {
    const scene = await new Scene(configured('http://p:1', { health: 'passive', models: ['m1', 'm2'] })).start();
    const id = scene.engines[0]?.id ?? '';
    assert.deepEqual(
      [scene.engines[0]?.state, scene.engines[0]?.reason.code, scene.engines[0]?.models.length],
      ['healthy', 'engine.passive', 2],
    );

    for (let n = 0; n < 3; n++) scene.monitor.report(id, 'unreachable');
    assert.equal(scene.engines[0]?.state, 'network-error');
    scene.monitor.report(id, 'ok');

    assert.deepEqual([scene.engines[0].state, scene.engines[0].reason.code], ['healthy', 'engine.passive']);
    assert.deepEqual(scene.network.requests, []);
  });

  it('looks at once at an engine of which a request says that it is gone', async () => {
    const scene = new Scene();
    scene.network.serve(ollamaUrl, ollamaServer());
    await scene.start();
    await scene.wait(1000);
    scene.network.serve(ollamaUrl, undefined);

    scene.monitor.report('ollama', 'unreachable');
    await scene.wait(1000);

    assert.deepEqual(scene.states, ['ollama network-error']);
  });

  it('does not believe a request that timed out while the engine answers', async () => {
    const scene = new Scene();
    scene.network.serve(ollamaUrl, ollamaServer());
    await scene.start();
    const fired = scene.changes.length;

    for (let n = 0; n < 10; n++) {
      scene.monitor.report('ollama', 'timeout');
      await scene.wait(600);
    }

    assert.equal(scene.changes.length, fired);
  });

  it('takes a new configuration at once', async () => {
    const scene = await new Scene().start();
    scene.network.serve('http://gpu-box:8000', llamaServer());

    scene.monitor.configure({ ...defaultConfig, 'engines.addresses': [{ url: 'http://gpu-box:8000', id: 'gpu' }] });
    await settle();
    assert.deepEqual(scene.states, ['gpu healthy']);

    scene.monitor.configure(defaultConfig);
    assert.deepEqual(scene.states, []);
  });

  it('shows the demo engine as such, and drops it when it ends', async () => {
    const scene = await new Scene().start();
    scene.network.serve('http://127.0.0.1:50000', ollamaServer());

    scene.monitor.setDemoEngine('http://127.0.0.1:50000');
    await settle();
    assert.deepEqual(
      scene.engines.map((engine) => [engine.id, engine.source, engine.reason.code]),
      [['demo', 'demo', 'engine.demo']],
    );

    scene.monitor.setDemoEngine(undefined);
    assert.deepEqual(scene.engines, []);
  });

  it('finds an engine where systemd says that Ollama listens', async () => {
    const commands = { 'systemctl show ollama -p Environment': 'Environment=OLLAMA_HOST=0.0.0.0:9999\n' };
    const scene = new Scene({}, { commands });
    scene.network.serve('http://127.0.0.1:9999', ollamaServer());

    await scene.start();

    assert.deepEqual(
      scene.engines.map((engine) => [engine.id, engine.source, engine.sourceDetail]),
      [['ollama-9999', 'environment', 'OLLAMA_HOST (systemd)']],
    );
  });

  it('leaves a web server on a usual port more and more alone', async () => {
    const scene = new Scene();
    scene.network.serve(llamaUrl, routes({}, { body: '<html>' }));
    await scene.start();
    await scene.wait(120_000);
    const before = scene.network.pathsAt(llamaUrl).length;

    await scene.wait(60_000);

    const visits = scene.network
      .pathsAt(llamaUrl)
      .slice(before)
      .filter((path) => path === '/v1/models');
    assert.equal(visits.length, 2, 'one visit every 30 s');
    assert.deepEqual(scene.states, []);
  });

  it('hides a llama-server that Ollama started for itself, where this machine can tell', async () => {
    const port = '0100007F:2382'; // 9090
    const scene = new Scene(
      { 'engines.extraPorts': [9090] },
      {
        files: {
          '/proc/net/tcp': `0: ${port} 00000000:0000 0A 0:0 0:0 0 1000 0 4711 1`,
          '/proc/77/comm': 'llama-server',
          '/proc/77/status': 'PPid:\t76',
          '/proc/76/comm': 'ollama',
        },
        folders: { '/proc': ['77'], '/proc/77/fd': ['3'] },
        links: { '/proc/77/fd/3': 'socket:[4711]' },
      },
    );
    scene.network.serve('http://127.0.0.1:9090', llamaServer());
    scene.network.serve(ollamaUrl, ollamaServer());

    await scene.start();
    await scene.wait(10_000);

    assert.deepEqual(scene.states, ['ollama healthy']);
  });

  it('shows an engine that begins to answer nonsense as such, and drops it some minutes later', async () => {
    const scene = new Scene();
    scene.network.serve(ollamaUrl, ollamaServer());
    await scene.start();

    scene.network.serve(ollamaUrl, routes({}, { body: '<html>' }));
    await scene.wait(5000);
    assert.deepEqual(
      scene.engines.map((engine) => [engine.state, engine.reason.code]),
      [['api-error', 'engine.notAnEngine']],
    );

    await scene.wait(6 * 60_000);
    assert.deepEqual(scene.states, []);
  });

  it('may be stopped and started again', async () => {
    const scene = new Scene();
    await scene.start();
    scene.monitor.stop();
    scene.network.serve(ollamaUrl, ollamaServer());

    await scene.start();

    assert.deepEqual(scene.states, ['ollama healthy']);
  });

  it('stops for good', async () => {
    const scene = new Scene();
    scene.network.serve(ollamaUrl, ollamaServer());
    await scene.start();

    scene.monitor.stop();
    const asked = scene.network.requests.length;
    await scene.wait(60_000);

    assert.equal(scene.clock.pending, 0);
    assert.equal(scene.network.requests.length, asked);
  });
});

describe('looking at an address before adding it', () => {
  const probe = async (url: string, server?: FakeServer, at = url) => {
    const scene = new Scene();
    scene.network.serve(at, server);
    const result = await scene.monitor.probeAddress(url);
    return { result, scene };
  };

  it('tells the engine and the number of its models', async () => {
    const { result, scene } = await probe('http://box:1', ollamaServer(['a', 'b']));

    assert.deepEqual(result, { ok: true, baseUrl: 'http://box:1', label: 'Ollama 0.32.15', models: 2 });
    assert.deepEqual(scene.engines, [], 'and keeps nothing');
  });

  it('finds the literal behind localhost', async () => {
    const { result } = await probe('localhost:9000', llamaServer(), 'http://[::1]:9000');

    assert.equal(result.ok && result.baseUrl, 'http://[::1]:9000');
  });

  it('tells that a key is needed', async () => {
    const { result } = await probe('http://box:1', routes({}, { status: 401 }));

    assert.deepEqual(result, { ok: false, needsKey: true, reason: { code: 'engine.needsKey', args: [401] } });
  });

  const refusals: readonly (readonly [what: string, url: string, server: FakeServer | undefined, code: string])[] = [
    ['nothing listens', 'http://box:1', undefined, 'engine.refused'],
    ['it is a web page', 'http://box:1', routes({}, { body: '<html>' }), 'engine.notAnEngine'],
    ['it redirects', 'http://box:1', routes({}, { status: 301, headers: { location: 'http://x' } }), 'engine.redirect'],
    ['it is FLM', 'http://box:1', routes({}, { headers: { 'x-flm-gateway': '1' } }), 'engine.self'],
    ['it is no address', 'what is this', undefined, 'engine.badAddress'],
  ];
  for (const [what, url, server, code] of refusals) {
    it(`says so when ${what}`, async () => {
      const { result } = await probe(url, server);

      assert.equal(!result.ok && result.reason.code, code);
    });
  }
});

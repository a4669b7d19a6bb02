import assert from 'node:assert/strict';
import { systemClock } from '../../../src/core/clock';
import { defaultConfig } from '../../../src/core/config';
import type { Engine, EnginesSnapshot } from '../../../src/core/engine';
import { silentLogger } from '../../../src/core/logger';
import { EngineServices } from '../../../src/gateway/engine-services';
import type { EngineCache } from '../../../src/gateway/gateway-ports';
import { startOllama } from '../../helpers/engines/ollama';

class FakeCache implements EngineCache {
  readonly saved: (readonly Engine[])[] = [];
  engines: readonly Engine[] = [];
  onSave: () => void = () => undefined;

  load(): Promise<readonly Engine[]> {
    return Promise.resolve(this.engines);
  }
  save(engines: readonly Engine[]): Promise<void> {
    this.saved.push(engines);
    this.onSave();
    return Promise.resolve();
  }
}

describe('engine services', () => {
  const cleanups: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  });

  async function create() {
    const ollama = await startOllama();
    cleanups.push(() => ollama.stop());
    const cache = new FakeCache();
    const services = new EngineServices({
      config: { ...defaultConfig, 'engines.detect': false, 'engines.addresses': [{ url: ollama.url }] },
      keys: { get: () => undefined },
      cache,
      ownPorts: () => [],
      clock: systemClock,
      logger: silentLogger,
    });
    cleanups.push(() => services.stop());
    return { cache, services };
  }

  const firstRound = (services: EngineServices) =>
    new Promise<EnginesSnapshot>((resolve) =>
      services.onDidChange((snapshot) => {
        if (snapshot.scannedAt !== undefined) resolve(snapshot);
      }),
    );

  it('look before anything stored is known, and store nothing in its place', async () => {
    const { cache, services } = await create();
    const round = firstRound(services);

    services.start();

    assert.deepEqual(
      (await round).engines.map(({ kind, state }) => [kind, state]),
      [['ollama', 'healthy']],
    );
    await services.stop();
    assert.deepEqual(cache.saved, []);
  });

  it('store what the first look found once the storage is open', async () => {
    const { cache, services } = await create();
    const round = firstRound(services);
    services.start();
    await round;

    const saved = new Promise<void>((resolve) => (cache.onSave = resolve));
    services.remember();
    await saved;

    assert.deepEqual(
      cache.saved.map((engines) => engines.map(({ kind, isStale }) => [kind, isStale])),
      [[['ollama', false]]],
    );
  });
});

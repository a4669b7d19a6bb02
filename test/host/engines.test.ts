import assert from 'node:assert/strict';
import { commands } from 'vscode';
import { configure, enginesAt, execute, starters, stateWhere } from './support';

describe('engines', () => {
  // FLM looks for engines when somebody looks at them.
  before(() => commands.executeCommand('flm.engines.focus'));
  afterEach(() => configure('engines.addresses', undefined));

  it('are recognised by their fingerprint at any address the settings name', async () => {
    const simulators = await Promise.all(Object.values(starters).map((start) => start()));
    try {
      const urls = simulators.map(({ url }) => url);
      await configure(
        'engines.addresses',
        urls.map((url) => ({ url })),
      );

      const engines = await enginesAt(urls);

      const kinds = Object.keys(starters).map((kind, index) => [urls[index], kind]);
      const found = engines.map(({ baseUrl, kind }) => [baseUrl, kind]);
      assert.deepEqual(found.sort(), kinds.sort());
    } finally {
      await Promise.all(simulators.map((simulator) => simulator.stop()));
    }
  });

  it('disappear with their address', async () => {
    const simulator = await starters.ollama();
    try {
      await configure('engines.addresses', [{ url: simulator.url }]);
      await enginesAt([simulator.url]);

      await configure('engines.addresses', undefined);

      await stateWhere('no engine', ({ engines }) => engines.engines.length === 0);
    } finally {
      await simulator.stop();
    }
  });

  it('are looked at again by the refresh command', async () => {
    const simulator = await starters.ollama();
    try {
      await configure('engines.addresses', [{ url: simulator.url }]);
      await enginesAt([simulator.url]);
      // A look round that is under way would be shared, and may have been here already.
      await stateWhere('nothing is looked for', ({ engines }) => !engines.isScanning);
      const before = simulator.requests.length;

      await execute('flm.engines.refresh');

      assert.ok(simulator.requests.length > before);
    } finally {
      await simulator.stop();
    }
  });

  it('can be tried without any: the demo engine answers through the proxy and goes again', async () => {
    await execute('flm.demo.start');
    const { demoEngine } = await stateWhere(
      'the demo engine is listed',
      (state) =>
        state.demoEngine !== undefined &&
        state.engines.engines.some(({ source, models }) => source === 'demo' && models.length > 0),
    );
    assert.ok(demoEngine);

    await execute('flm.demo.stop');

    await stateWhere(
      'the demo engine is gone',
      (state) => state.demoEngine === undefined && !state.engines.engines.some(({ source }) => source === 'demo'),
    );
  });
});

import assert from 'node:assert/strict';
import { Emitter } from '../../../src/core/emitter';
import { silentLogger } from '../../../src/core/logger';
import { EngineKeys, type SecretStore } from '../../../src/editor/engine-keys';
import type { Gateway, GatewayStatus } from '../../../src/editor/gateway-port';
import { GatewaySync } from '../../../src/editor/gateway-sync';
import { connected } from './editor-facts';

/** Lets promises that are settled already run their continuations. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
}

function makeSync(status: GatewayStatus) {
  const requests: (readonly [string, unknown])[] = [];
  const gateway = {
    status,
    onDidChangeStatus: new Emitter<GatewayStatus>().event,
    start: () => undefined,
    request: (name: string, params: unknown) => {
      requests.push([name, params]);
      return Promise.resolve([]);
    },
  } as unknown as Gateway;
  const changed = new Emitter<undefined>();
  const settings = { raw: () => ({ 'proxy.port': 11500 }), onDidChange: changed.event };

  let stored: string | undefined;
  const secretChanges = new Set<(event: { key: string }) => void>();
  const secrets: SecretStore = {
    get: () => Promise.resolve(stored),
    store: (key, value) => {
      stored = value;
      for (const listener of secretChanges) listener({ key });
      return Promise.resolve();
    },
    onDidChange: (listener) => {
      secretChanges.add(listener);
      return { dispose: () => void secretChanges.delete(listener) };
    },
  };
  const keys = new EngineKeys(secrets);
  const sync = new GatewaySync(gateway, settings, keys, silentLogger);
  sync.start();
  return { sync, keys, requests, changeSettings: () => changed.fire(undefined) };
}

describe('what changes here reaches the gateway', () => {
  it('all settings at once when one changes', async () => {
    const { changeSettings, requests } = makeSync(connected());

    changeSettings();
    await settle();

    assert.deepEqual(requests, [['config/set', { settings: { 'proxy.port': 11500 } }]]);
  });

  it('nothing while there is no connection: the next hello brings it', async () => {
    const { changeSettings, keys, requests } = makeSync({ phase: 'idle' });

    changeSettings();
    await keys.set('http://a', 'secret');
    await settle();

    assert.deepEqual(requests, []);
  });

  it('a key that was set, also in another window', async () => {
    const { keys, requests } = makeSync(connected());

    await keys.set('http://a', 'secret');
    await settle();

    assert.deepEqual(requests, [['engines/setKey', { baseUrl: 'http://a', key: 'secret' }]]);
  });

  it('a key that was forgotten, and only that', async () => {
    const { sync, keys, requests } = makeSync(connected());
    await keys.set('http://a', 'one');
    await keys.set('http://b', 'two');
    await settle();
    requests.length = 0;

    await keys.set('http://a', undefined);
    await settle();

    assert.deepEqual(requests, [['engines/setKey', { baseUrl: 'http://a' }]]);
    assert.deepEqual(await sync.keysForHello(), { 'http://b': 'two' });
  });
});

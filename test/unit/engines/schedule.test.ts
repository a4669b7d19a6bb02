import assert from 'node:assert/strict';
import { reason } from '../../../src/core/reason';
import type { EngineState } from '../../../src/core/engine';
import { newRecord, type EngineRecord } from '../../../src/engines/engine-record';
import { nextDelayMs } from '../../../src/engines/schedule';

const at = (baseUrl: string, more: Partial<EngineRecord> = {}): EngineRecord => ({
  ...newRecord({ baseUrl, source: 'configured', isConfigured: true }),
  needsLook: false,
  ...more,
});
const engine = (state: EngineState, failures = 0): Partial<EngineRecord> => ({
  role: 'engine',
  kind: 'ollama',
  status: { state, reason: reason('engine.stopped'), since: 0, failures },
});
const here = 'http://127.0.0.1:1';
const away = 'http://gpu-box:1';

describe('time until the next visit', () => {
  const table: readonly (readonly [what: string, record: EngineRecord, delay: number | undefined])[] = [
    ['a healthy engine of this machine', at(here, engine('healthy')), 2500],
    ['a healthy engine elsewhere', at(away, engine('healthy')), 10_000],
    ['an engine that just missed a probe', at(here, engine('healthy', 1)), 400],
    ['an engine that missed two', at(away, engine('degraded', 2)), 400],
    ['a local engine that is gone', at(here, engine('network-error', 50)), 2500],
    ['a remote engine that has just gone', at(away, engine('network-error', 3)), 10_000],
    ['a remote engine that is long gone', at(away, engine('network-error', 50)), 30_000],
    ['a loading engine', at(here, engine('loading')), 1000],
    ['an engine whose metadata is half read', at(here, { ...engine('healthy'), needsLook: true }), 500],
    ['an engine that wants a key', at(here, { ...engine('needs-key'), needsLook: true }), 2500],
    ['an unused local port', at(here, { misses: 1000 }), 2500],
    ['an unused remote address', at(away, { misses: 10 }), 30_000],
    ['a stranger seen once', at(here, { role: 'stranger', misses: 1 }), 2500],
    ['a stranger seen often', at(here, { role: 'stranger', misses: 9 }), 30_000],
    ['FLM itself', at(here, { role: 'self' }), 10_000],
  ];
  for (const [what, record, delay] of table) {
    it(`for ${what} is ${delay} ms`, () => {
      assert.equal(nextDelayMs(record), delay);
    });
  }

  it('never comes for an engine that is not to be probed', () => {
    const candidate = { baseUrl: here, source: 'configured', isConfigured: true, passiveModels: [] } as const;

    assert.equal(nextDelayMs(newRecord(candidate)), undefined);
  });
});

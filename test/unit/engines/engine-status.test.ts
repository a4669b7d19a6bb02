import assert from 'node:assert/strict';
import { reason } from '../../../src/core/reason';
import { nextStatus, type EngineStatus } from '../../../src/engines/engine-status';
import type { Observation } from '../../../src/engines/observation';

const rules = { degradedLatencyMs: 1500, now: 2000 };
const at = (state: EngineStatus['state'], failures = 0): EngineStatus => ({
  state,
  reason: reason('engine.healthy', 5),
  since: 1000,
  failures,
});
const fast: Observation = { type: 'ok', latencyMs: 1499 };
const slow: Observation = { type: 'ok', latencyMs: 1500 };
const busy: Observation = { type: 'busy', status: 503 };
const loading: Observation = { type: 'loading' };
const locked: Observation = { type: 'needs-key', status: 401, hadKey: false };
const wrongKey: Observation = { type: 'needs-key', status: 401, hadKey: true };
const odd: Observation = { type: 'bad-answer', reason: reason('engine.badAnswer', '/v1/models') };
const lost: Observation = { type: 'unreachable', cause: 'refused', reason: reason('engine.refused', 'h:1') };

describe('engine states', () => {
  const table: readonly (readonly [
    from: EngineStatus | undefined,
    seen: Observation,
    state: string,
    why: string,
    failures: number,
  ])[] = [
    [undefined, fast, 'healthy', 'engine.healthy', 0],
    [undefined, slow, 'degraded', 'engine.slow', 0],
    [undefined, busy, 'degraded', 'engine.busy', 0],
    [undefined, loading, 'loading', 'engine.loading', 0],
    [undefined, locked, 'needs-key', 'engine.needsKey', 0],
    [undefined, wrongKey, 'needs-key', 'engine.keyRejected', 0],
    [undefined, odd, 'api-error', 'engine.badAnswer', 0],
    [undefined, lost, 'network-error', 'engine.refused', 1],
    [at('healthy'), lost, 'healthy', 'engine.healthy', 1],
    [at('healthy', 1), lost, 'healthy', 'engine.healthy', 2],
    [at('healthy', 2), lost, 'network-error', 'engine.refused', 3],
    [at('healthy', 2), fast, 'healthy', 'engine.healthy', 0],
    [at('loading', 2), lost, 'network-error', 'engine.refused', 3],
    [at('degraded', 1), lost, 'degraded', 'engine.healthy', 2],
    [at('network-error', 7), lost, 'network-error', 'engine.refused', 8],
    [at('network-error', 7), fast, 'healthy', 'engine.healthy', 0],
    [at('network-error', 3), loading, 'loading', 'engine.loading', 0],
    [at('loading'), fast, 'healthy', 'engine.healthy', 0],
    [at('needs-key'), fast, 'healthy', 'engine.healthy', 0],
    [at('degraded'), fast, 'healthy', 'engine.healthy', 0],
    [at('healthy'), slow, 'degraded', 'engine.slow', 0],
    [at('healthy'), odd, 'api-error', 'engine.badAnswer', 0],
  ];
  for (const [from, seen, state, why, failures] of table) {
    const before = from === undefined ? 'unknown' : `${from.state} with ${from.failures} failures`;
    it(`${before} and ${seen.type}${'latencyMs' in seen ? ` in ${seen.latencyMs} ms` : ''} → ${state}`, () => {
      const next = nextStatus(from, seen, rules);

      assert.deepEqual([next.state, next.reason.code, next.failures], [state, why, failures]);
    });
  }

  it('keep the time of their beginning while they last', () => {
    assert.equal(nextStatus(at('healthy'), fast, rules).since, 1000);
    assert.equal(nextStatus(at('healthy'), busy, rules).since, 2000);
  });
});

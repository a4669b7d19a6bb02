import assert from 'node:assert/strict';
import type { EngineState } from '../../../src/core/engine';
import { InFlight } from '../../../src/proxy/in-flight';
import { fixedCatalog } from '../../helpers/proxy-harness';

const setups = ['a', 'b', 'c'].map((id) => ({ id, baseUrl: 'http://127.0.0.1:9', models: ['m'] }));
const candidates = fixedCatalog(setups).list();
const inState = (index: number, state: EngineState) =>
  candidates.map((entry, i) => (i === index ? { ...entry, engine: { ...entry.engine, state } } : entry));

describe('InFlight', () => {
  it('chooses the engine with the fewest requests, the first among equals', () => {
    const inFlight = new InFlight();
    assert.equal(inFlight.leastBusy(candidates)?.engine.id, 'a');
    inFlight.begin('a');
    inFlight.begin('b');
    inFlight.begin('b');

    assert.equal(inFlight.leastBusy(candidates)?.engine.id, 'c');
    inFlight.begin('c');
    inFlight.begin('c');
    assert.equal(inFlight.leastBusy(candidates)?.engine.id, 'a');
  });

  it('passes over engines that cannot be used', () => {
    assert.equal(new InFlight().leastBusy(inState(0, 'network-error'))?.engine.id, 'b');
  });

  it('takes the first when none can be used, so that the client learns why', () => {
    assert.equal(new InFlight().leastBusy(inState(0, 'needs-key').slice(0, 1))?.engine.id, 'a');
  });

  it('forgets engines without requests', () => {
    const inFlight = new InFlight();
    inFlight.begin('a');
    inFlight.end('a');
    inFlight.end('a');

    assert.equal(inFlight.of('a'), 0);
  });
});

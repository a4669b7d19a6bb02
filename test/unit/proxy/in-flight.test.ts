import assert from 'node:assert/strict';
import { InFlight } from '../../../src/proxy/in-flight';

describe('InFlight', () => {
  it('counts the requests of each engine', () => {
    const inFlight = new InFlight();
    inFlight.begin('a');
    inFlight.begin('b');
    inFlight.begin('b');
    inFlight.end('b');

    assert.deepEqual([inFlight.of('a'), inFlight.of('b'), inFlight.of('c')], [1, 1, 0]);
  });

  it('forgets engines without requests', () => {
    const inFlight = new InFlight();
    inFlight.begin('a');
    inFlight.end('a');
    inFlight.end('a');

    assert.equal(inFlight.of('a'), 0);
    assert.deepEqual(inFlight.engines(), []);
  });
});

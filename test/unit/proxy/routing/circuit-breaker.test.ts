import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Breakers } from '../../../../src/proxy/routing/breakers';
import { CircuitBreaker, failuresToOpen, type PassOutcome } from '../../../../src/proxy/routing/circuit-breaker';
import { fixedCatalog } from '../../../helpers/proxy-harness';
import { FakeClock } from '../../../helpers/fake-clock';

function opened(clock: FakeClock): CircuitBreaker {
  const breaker = new CircuitBreaker(clock);
  for (let i = 0; i < failuresToOpen; i++) breaker.begin().settle('failed');
  return breaker;
}

describe('circuit breaker', () => {
  it('opens after three failures in a row, and not before', () => {
    const breaker = new CircuitBreaker(new FakeClock());
    breaker.begin().settle('failed');
    breaker.begin().settle('failed');
    assert.deepEqual([breaker.state, breaker.allows()], ['closed', true]);

    breaker.begin().settle('failed');

    assert.deepEqual([breaker.state, breaker.allows()], ['open', false]);
    assert.equal(breaker.retryAfterMs, 1000);
  });

  it('starts to count anew after any answer', () => {
    const breaker = new CircuitBreaker(new FakeClock());
    for (const outcome of ['failed', 'failed', 'answered', 'failed', 'failed'] as const)
      breaker.begin().settle(outcome);

    assert.equal(breaker.state, 'closed');
  });

  it('lets one request try after the wait, and closes when it is answered', () => {
    const clock = new FakeClock();
    const breaker = opened(clock);
    clock.advance(1000);
    const trial = breaker.begin();
    assert.deepEqual([breaker.state, breaker.allows()], ['half-open', false]);

    trial.settle('answered');

    assert.deepEqual([breaker.state, breaker.allows(), breaker.isPristine], ['closed', true, true]);
  });

  it('waits twice as long after each failed try, half a minute at most', () => {
    const clock = new FakeClock();
    const breaker = opened(clock);
    const waits: number[] = [];
    for (let i = 0; i < 7; i++) {
      waits.push(breaker.retryAfterMs);
      clock.advance(breaker.retryAfterMs);
      breaker.begin().settle('failed');
    }

    assert.deepEqual(waits, [1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
  });

  it('lets the next one try at once when the client of the first has left', () => {
    const clock = new FakeClock();
    const breaker = opened(clock);
    clock.advance(1000);

    breaker.begin().settle('unknown');

    assert.deepEqual([breaker.state, breaker.allows()], ['open', true]);
  });

  it('closes with the connection of the try, stays on its guard, and opens for longer at the next failure', () => {
    const clock = new FakeClock();
    const breaker = opened(clock);
    clock.advance(1000);
    const trial = breaker.begin();

    trial.connected();
    assert.deepEqual([breaker.state, breaker.allows()], ['closed', true]);
    breaker.begin().settle('failed');

    assert.deepEqual([breaker.state, breaker.retryAfterMs], ['open', 2000]);
  });

  it('ends its wait when a probe has reached the engine since', () => {
    const clock = new FakeClock();
    const breaker = opened(clock);

    assert.equal(breaker.allows(clock.now()), false);
    assert.equal(breaker.allows(clock.now() + 1), true);
  });

  it('takes what a request says once', () => {
    const breaker = new CircuitBreaker(new FakeClock());
    const pass = breaker.begin();
    for (let i = 0; i < 5; i++) pass.settle('failed');

    assert.equal(breaker.state, 'closed');
  });

  it('never lets more than one request try, always lets one after its wait, and closes with an answer', () => {
    const step = fc.oneof(
      fc.record({ type: fc.constant('begin' as const) }),
      fc.record({
        type: fc.constant('settle' as const),
        at: fc.nat(20),
        outcome: fc.constantFrom<PassOutcome>('answered', 'failed', 'unknown'),
      }),
      fc.record({ type: fc.constant('wait' as const), ms: fc.nat(40_000) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const clock = new FakeClock();
        const breaker = new CircuitBreaker(clock);
        const running: ReturnType<CircuitBreaker['begin']>[] = [];
        for (const each of steps) {
          if (each.type === 'wait') clock.advance(each.ms);
          else if (each.type === 'begin') {
            if (!breaker.allows()) continue;
            const wasOpen = breaker.state === 'open';
            running.push(breaker.begin());
            if (wasOpen) assert.equal(breaker.allows(), false);
          } else running.splice(each.at % Math.max(1, running.length), 1)[0]?.settle(each.outcome);
          assert.ok(breaker.retryAfterMs <= 30_000);
        }
        for (const pass of running) pass.settle('unknown');
        clock.advance(30_000);
        assert.ok(breaker.allows());
        breaker.begin().settle('answered');
        assert.equal(breaker.state, 'closed');
      }),
    );
  });
});

describe('breakers', () => {
  const [entry] = fixedCatalog([{ id: 'a', baseUrl: 'http://127.0.0.1:9', models: ['m'] }]).list();
  const engine = entry!.engine;

  it('keep to their engine', () => {
    const breakers = new Breakers(new FakeClock());
    for (let i = 0; i < failuresToOpen; i++) breakers.begin('a').settle('failed');

    assert.equal(breakers.allows(engine), false);
    assert.equal(breakers.allows({ ...engine, id: 'b' }), true);
    assert.deepEqual([breakers.stateOf('a'), breakers.stateOf('b')], ['open', 'closed']);
  });

  it('count the failures of requests that were under way together', () => {
    const breakers = new Breakers(new FakeClock());
    const passes = [1, 2, 3].map(() => breakers.begin('a'));
    for (const pass of passes) pass.settle('failed');

    assert.equal(breakers.stateOf('a'), 'open');
  });

  it('forget an engine that answers, even one asked before its trouble', () => {
    const breakers = new Breakers(new FakeClock());
    const early = breakers.begin('a');
    for (let i = 0; i < failuresToOpen; i++) breakers.begin('a').settle('failed');

    early.settle('answered');

    assert.equal(breakers.allows(engine), true);
  });

  it('remember a bounded number of engines', () => {
    const breakers = new Breakers(new FakeClock());
    for (let i = 0; i < 1000; i++) for (let n = 0; n < 3; n++) breakers.begin(`e${i}`).settle('failed');

    assert.equal(breakers.stateOf('e0'), 'closed');
    assert.equal(breakers.stateOf('e999'), 'open');
  });
});

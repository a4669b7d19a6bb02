import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { CatalogEntry } from '../../../../src/core/catalog';
import { parseConfig } from '../../../../src/core/config';
import type { Engine } from '../../../../src/core/engine';
import type { EngineLoad } from '../../../../src/core/engine-load';
import type { Model } from '../../../../src/core/model';
import { parseInferenceBody } from '../../../../src/proxy/inference-body';
import type { Route } from '../../../../src/proxy/routing/route';
import { Router } from '../../../../src/proxy/routing/router';
import { FakeClock } from '../../../helpers/fake-clock';
import { fixedCatalog } from '../../../helpers/proxy-harness';

const [template] = fixedCatalog([{ id: 'x', baseUrl: 'http://127.0.0.1:9', models: ['m'] }]).list();

function entryOf(id: string, engine: Partial<Engine> = {}, model: Partial<Model> = {}): CatalogEntry {
  const entry = template!;
  return {
    id: `${id}/m`,
    engine: { ...entry.engine, id, ...engine },
    model: { ...entry.model, ...model },
  };
}

function bodyOf(text: string) {
  const parsed = parseInferenceBody(Buffer.from(JSON.stringify({ model: 'm', messages: [{ content: text }] })));
  assert.ok(parsed.ok);
  return parsed.body;
}

interface Setup {
  readonly engines?: Readonly<Record<string, { concurrency?: number }>>;
  readonly loads?: Readonly<Record<string, EngineLoad>>;
}

function routing({ engines = {}, loads = {} }: Setup = {}) {
  const clock = new FakeClock();
  const { config, problems } = parseConfig({ 'routing.engines': engines });
  assert.deepEqual(problems, []);
  const router = new Router(clock, () => config, { loadOf: (id) => loads[id] });
  let conversations = 0;
  const open = (candidates: readonly CatalogEntry[], text = `conversation ${conversations++}`): Route =>
    router.open(candidates, bodyOf(text), { type: 'local' });
  const at = (candidates: readonly CatalogEntry[], text?: string): string | undefined => {
    const route = open(candidates, text);
    return route.claim() && route.hasPlace ? route.entry.engine.id : undefined;
  };
  const breakDown = (id: string): void => {
    for (let i = 0; i < 3; i++) router.breakers.begin(id).settle('failed');
  };
  return { clock, router, open, at, breakDown };
}

describe('which engine gets a request', () => {
  it('the one with the fewest requests, the first among equals', () => {
    const { at } = routing();
    const three = ['a', 'b', 'c'].map((id) => entryOf(id));

    assert.deepEqual([at(three), at(three), at(three), at(three)], ['a', 'b', 'c', 'a']);
  });

  it('healthy before degraded before loading, however busy', () => {
    const { at } = routing();
    const candidates = [
      entryOf('loading', { state: 'loading' }),
      entryOf('slow', { state: 'degraded' }),
      entryOf('well'),
    ];

    assert.deepEqual([at(candidates), at(candidates)], ['well', 'well']);
    assert.equal(at(candidates.slice(0, 2)), 'slow');
  });

  it('never one that cannot be used, unless there is no other: then its error says why', () => {
    const { at } = routing();
    const down = entryOf('down', { state: 'network-error' });

    assert.equal(at([entryOf('well'), down]), 'well');
    assert.equal(at([down, entryOf('locked', { state: 'needs-key' })]), 'down');
  });

  it('counts what engines say of others’ requests', () => {
    const { at } = routing({ loads: { a: { running: 1, waiting: 2 }, b: { running: 1, waiting: 0 } } });

    assert.equal(at([entryOf('a'), entryOf('b')]), 'b');
  });

  it('prefers a model in memory to one that must be loaded, up to a point', () => {
    const { at } = routing();
    const candidates = [entryOf('cold', {}, { isLoaded: false }), entryOf('warm', {}, { isLoaded: true })];
    const order = Array.from({ length: 6 }, () => at(candidates));

    assert.deepEqual(order, ['warm', 'warm', 'warm', 'warm', 'cold', 'warm']);
  });

  it('the one that had the conversation before', () => {
    const { at, open } = routing();
    const two = [entryOf('a'), entryOf('b')];
    const other = open(two, 'other');
    other.claim();
    assert.equal(at(two, 'mine'), 'b');
    other.end();

    assert.equal(at(two, 'mine'), 'b');
  });

  it('another when that one is much busier, in trouble or gone', () => {
    const { at, breakDown } = routing({ loads: { b: { running: 0, waiting: 0 } } });
    const two = [entryOf('a'), entryOf('b')];
    assert.equal(at(two, 'mine'), 'a');
    assert.deepEqual([at(two, 'mine'), at(two, 'mine')], ['a', 'a']);
    assert.equal(at(two, 'mine'), 'b');
    assert.equal(at([entryOf('a'), entryOf('b', { state: 'degraded' })], 'mine'), 'a');

    breakDown('a');

    assert.equal(at(two, 'mine'), 'b');
  });
});

describe('places at an engine', () => {
  it('are as many as the settings say, or the engine', () => {
    const { at } = routing({ engines: { a: { concurrency: 2 } } });
    const set = [entryOf('a', { parallel: 1 })];
    const told = [entryOf('b', { parallel: 1 })];

    assert.deepEqual([at(set), at(set), at(set)], ['a', 'a', undefined]);
    assert.deepEqual([at(told), at(told)], ['b', undefined]);
  });

  it('are taken at a full engine in the end, where the limit is its own word: it has a queue, too', () => {
    const { at, open } = routing({ engines: { a: { concurrency: 1 } } });
    const set = [entryOf('a')];
    const told = [entryOf('b', { parallel: 1 })];
    at(set);
    at(told);

    assert.deepEqual([open(set).claim(true), open(told).claim(), open(told).claim(true)], [false, false, true]);
  });

  it('are taken at the next engine when the best is full', () => {
    const { at } = routing({ engines: { a: { concurrency: 1 }, b: { concurrency: 1 } } });
    const two = [entryOf('a'), entryOf('b')];

    assert.deepEqual([at(two, 'mine'), at(two, 'mine'), at(two, 'mine')], ['a', 'b', undefined]);
  });

  it('are given back once', () => {
    const { open, router } = routing({ engines: { a: { concurrency: 1 } } });
    const route = open([entryOf('a')]);
    route.claim();
    const waiting = open([entryOf('a')]);
    assert.equal(waiting.claim(), false);

    route.end();
    route.end();

    assert.equal(waiting.claim(), true);
    assert.equal(router.inFlight.of('a'), 1);
  });

  it('are not waited for at engines that are shut off', () => {
    const { open, breakDown } = routing();
    breakDown('a');
    const route = open([entryOf('a')]);

    assert.deepEqual([route.isShut, route.claim(), route.hasPlace], [true, true, false]);
    assert.equal(route.retryAfterMs, 1000);
  });

  it('never exceed their number and all come back, whatever happens', () => {
    const candidates = [entryOf('a'), entryOf('b'), entryOf('c')];
    const step = fc.record({
      type: fc.constantFrom('open', 'end', 'goOn', 'lost', 'wait'),
      at: fc.nat(30),
      outcome: fc.constantFrom('answered', 'failed', 'unknown'),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const limits = { a: { concurrency: 1 }, b: { concurrency: 2 }, c: { concurrency: 3 } };
        const { open, router, clock } = routing({ engines: limits });
        const routes: Route[] = [];
        for (const { type, at, outcome } of steps) {
          const route = routes[at % Math.max(1, routes.length)];
          if (type === 'open') {
            const fresh = open(candidates);
            if (fresh.claim() && fresh.hasPlace) routes.push(fresh);
          } else if (type === 'wait') clock.advance(at * 100);
          else if (route !== undefined) {
            route.settle(outcome);
            if (type === 'end') {
              route.end();
              routes.splice(routes.indexOf(route), 1);
            } else route.goOn(type === 'lost');
          }
          for (const [id, { concurrency }] of Object.entries(limits)) assert.ok(router.inFlight.of(id) <= concurrency);
          const total = Object.keys(limits).reduce((sum, id) => sum + router.inFlight.of(id), 0);
          assert.equal(total, routes.length);
        }
        for (const route of routes) route.end();
        assert.deepEqual(router.inFlight.engines(), []);
      }),
    );
  });
});

describe('going on to the next engine', () => {
  it('leaves the first, and says which it was', () => {
    const { open, router } = routing();
    const route = open([entryOf('a'), entryOf('b')]);
    route.claim();
    route.settle('failed');

    assert.equal(route.goOn(false), true);

    assert.deepEqual([route.entry.engine.id, route.failedEngines], ['b', ['a']]);
    assert.deepEqual([router.inFlight.of('a'), router.inFlight.of('b')], [0, 1]);
  });

  it('is not possible where no other has the model, room and a connection', () => {
    const { open, at, breakDown } = routing({ engines: { b: { concurrency: 1 } } });
    const route = open([entryOf('a'), entryOf('b'), entryOf('c')]);
    route.claim();
    at([entryOf('b')]);
    breakDown('c');

    assert.equal(route.goOn(false), false);

    assert.deepEqual([route.entry.engine.id, route.failedEngines, route.hasPlace], ['a', [], true]);
  });

  it('asks three engines at most', () => {
    const { open } = routing();
    const route = open(['a', 'b', 'c', 'd'].map((id) => entryOf(id)));
    route.claim();

    assert.deepEqual([route.goOn(false), route.goOn(false), route.goOn(false)], [true, true, false]);
  });

  it('lets a request that loses its connection lose two at most', () => {
    const { open } = routing();
    const route = open(['a', 'b', 'c', 'd'].map((id) => entryOf(id)));
    route.claim();

    assert.deepEqual([route.goOn(true), route.goOn(true)], [true, false]);
  });
});

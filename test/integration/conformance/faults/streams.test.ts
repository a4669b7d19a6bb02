import assert from 'node:assert/strict';
import type { WireScript } from '../../../helpers/engines/wire';
import { assertErrorEnd, endOf, errorIn, saidIn } from './answer-shape';
import { engineStreams, type FaultRoute } from './routes';
import {
  assertNothingLeaked,
  assertQuiet,
  withEngine,
  lastRecord,
  stopAll,
  traffic,
  watchRejections,
  type EngineScene,
} from './scene';

const words = ['Grüß', ' Gott', ' 😀', ' こ', 'ん', 'に', 'ち', 'は', ' "\\ud83d"', ' end'];
const said = words.join('');

/** Odd, but whole: clients get the same words. `not`: what the engine of a route sends, for which it means nothing. */
const oddities: readonly { readonly what: string; readonly wire: WireScript; readonly not?: 'events' | 'lines' }[] = [
  { what: 'one byte at a time (31)', wire: { chunking: { bytesPerWrite: 1 } } },
  { what: 'all in one write (31)', wire: { chunking: 'whole' } },
  { what: 'cut inside code points and line ends (31)', wire: { chunking: { bytesPerWrite: 7 } } },
  { what: 'CRLF (32)', wire: { lineEnd: '\r\n' }, not: 'lines' },
  { what: 'lone CR (32)', wire: { lineEnd: '\r' }, not: 'lines' },
  { what: 'no space after the colon (32)', wire: { noSpaceAfterColon: true }, not: 'lines' },
  { what: 'a byte order mark (32)', wire: { prefix: '\ufeff' }, not: 'lines' },
  { what: 'comments, ids and retry lines (32)', wire: { prefix: ': hello\nid: 1\nretry: 5\n\n' }, not: 'lines' },
  { what: 'a comment of 1 MB (32)', wire: { prefix: `: ${'x'.repeat(1_000_000)}\n\n` }, not: 'lines' },
  { what: 'data after its end (32)', wire: { suffix: 'data: {"late":true}\n\n' }, not: 'lines' },
  { what: 'no final blank line (32)', wire: { noFinalBlankLine: true }, not: 'lines' },
  { what: 'a pause in its middle (34)', wire: { stall: { afterEvents: 3, forMs: 60 } } },
  ...['data:\n\n', 'data: null\n\n', 'data: {"id":"x"}\n\n', 'data: []\n\n'].map((bad) => ({
    what: `the odd event ${JSON.stringify(bad)} (36)`,
    wire: { rewrite: (event: string, index: number) => (index === 2 ? bad + event : event) },
    not: 'lines' as const,
  })),
  ...['data: {"choices":[]}\n\n', 'data: {"choices":[{"delta":null}]}\n\n'].map((bad) => ({
    what: `the odd event ${JSON.stringify(bad)} (36)`,
    wire: { rewrite: (event: string, index: number) => (index === 2 ? bad + event : event) },
    not: 'lines' as const,
  })),
];

/** Whether FLM reads and words the events of a stream: repaired, or translated. */
function isReworded({ api, kind, path }: FaultRoute, asked: string | undefined): boolean {
  return api === 'openai' ? kind !== 'openai' : path !== asked;
}

describe('Fault matrix: odd streams of engines, on every route', () => {
  watchRejections();

  for (const route of engineStreams) {
    describe(route.name, () => {
      let scene: EngineScene;
      before(async () => {
        scene = await withEngine(route, { reply: { text: words } });
      });
      after(stopAll);

      for (const { what, wire } of oddities.filter(({ not }) => not !== route.engineSends)) {
        it(what, async () => {
          scene.engine.script({ wire });

          const told = await scene.ask();

          assert.equal(told.status, 200, told.text);
          assert.equal(saidIn(route.api, told.text, route.isStream), said);
          if (route.isStream) assert.equal(endOf(route.api, told.text), 'whole');
          await assertQuiet(scene);
          assert.equal(scene.records.at(-1)?.outcome, 'ok');
        });
      }
    });
  }
});

/** Whether every event has to be read for the answer to be whole; then one may have 1 MiB at most. */
function needsEveryEvent({ api, isStream, path }: FaultRoute, asked: string | undefined): boolean {
  return (api === 'openai' && !isStream) || path !== asked;
}

describe('Fault matrix: an event of 2 MB passes, or is an error where it must be read, on every route (32)', () => {
  watchRejections();
  afterEach(stopAll);

  for (const route of engineStreams) {
    it(route.name, async () => {
      const long = 'é'.repeat(1_000_000);
      const scene = await withEngine(route, { reply: { text: ['begin ', long, ' end'] } });

      const told = await scene.ask();

      if (!needsEveryEvent(route, scene.engine.requests[0]?.path)) {
        assert.equal(told.status, 200, told.text.slice(0, 300));
        assert.ok(saidIn(route.api, told.text, route.isStream) === `begin ${long} end`);
      } else {
        if (route.isStream) assertErrorEnd(route.api, told.text);
        else assert.equal(told.status, 502, told.text.slice(0, 300));
        assert.match(told.text, /more than 1 MiB/);
        assert.equal((await lastRecord(scene)).outcome, 'engine-error');
      }
      await assertQuiet(scene);
    });
  }
});

describe('Fault matrix: an event of broken JSON passes, or is an error where it must be read, on every route (36)', () => {
  watchRejections();
  afterEach(stopAll);

  for (const route of engineStreams.filter(({ engineSends }) => engineSends === 'events')) {
    it(route.name, async () => {
      const scene = await withEngine(route, { reply: { text: words } });
      scene.engine.script({
        wire: { rewrite: (event, index) => (index === 2 ? `data: {bad\n\n${event}` : event) },
      });

      const told = await scene.ask();

      if (!needsEveryEvent(route, scene.engine.requests[0]?.path)) {
        assert.equal(told.status, 200, told.text);
        assert.equal(saidIn(route.api, told.text, route.isStream), said);
        assert.equal((await lastRecord(scene)).outcome, 'ok');
      } else {
        if (route.isStream) assertErrorEnd(route.api, told.text);
        else assert.equal(told.status, 502, told.text);
        assert.match(told.text, /not valid JSON/);
        assert.equal((await lastRecord(scene)).outcome, 'engine-error');
      }
      await assertQuiet(scene);
    });
  }
});

describe('Fault matrix: streams of engines that break, on every route', () => {
  watchRejections();
  afterEach(stopAll);

  const cuts = ['eof', 'reset', 'close', 'mid-chunk', 'long-content-length'] as const;
  const breaks = cuts.flatMap((how) => [0, 3].map((afterEvents) => ({ how, afterEvents })));
  for (const { how, afterEvents } of breaks) {
    describe(`by ${how} after ${afterEvents} events (33)`, () => {
      for (const route of engineStreams) {
        it(route.name, async () => {
          const scene = await withEngine(route, { reply: { text: words }, wire: { cut: { afterEvents, how } } });

          const told = await scene.ask();

          if (told.status === 200) assertErrorEnd(route.api, told.text);
          else {
            assert.equal(told.status, 502, told.text);
            errorIn(route.api, told.text);
          }
          if (route.isStream && afterEvents > 0) assert.equal(told.status, 200);
          if (!route.isStream) assert.equal(told.status, 502);
          assertNothingLeaked(told);
          const record = await lastRecord(scene);
          assert.equal(record.outcome, 'engine-error');
          assert.ok(record.errorCode?.startsWith('engine_'), record.errorCode);
          await assertQuiet(scene);
        });
      }
    });
  }

  describe('by the engine’s own error in its middle (6, 15, 22, 29)', () => {
    for (const route of engineStreams) {
      it(route.name, async () => {
        const reply = { text: words, failAfterTokens: 3, failMessage: 'out of memory at /srv/engine/a.cpp' };
        const scene = await withEngine(route, { reply });

        const told = await scene.ask();

        if (route.isStream) assert.equal(endOf(route.api, told.text), 'error', told.text);
        else {
          assert.ok(told.status >= 500, told.text);
          errorIn(route.api, told.text);
        }
        // A stream that the client's own API and engine share passes as it is.
        if (!route.isStream || isReworded(route, scene.engine.requests[0]?.path)) assertNothingLeaked(told);
        assert.equal((await lastRecord(scene)).outcome, 'engine-error');
        await assertQuiet(scene);
      });
    }
  });

  it('never open the breaker: the engine has answered', async () => {
    const [route] = engineStreams;
    assert.ok(route !== undefined);
    const scene = await withEngine(route, { reply: { text: words }, wire: { cut: { afterEvents: 3, how: 'reset' } } });

    for (let i = 0; i < 5; i++) await scene.ask();

    assert.equal(traffic(scene).breaker, 'closed');
  });

  // All at once: each takes the second that is the shortest limit.
  it('by silence end after the idle time, with an error that names it, on every route (34)', async () => {
    await Promise.all(
      engineStreams.map(async (route) => {
        const wire = { stall: { afterEvents: 3, forMs: Number.POSITIVE_INFINITY } };
        const scene = await withEngine(
          route,
          { reply: { text: words }, wire },
          { config: { 'timeouts.idleSeconds': 1 } },
        );

        const told = await scene.ask();

        if (route.isStream) assertErrorEnd(route.api, told.text);
        else {
          assert.equal(told.status, 504, route.name);
          errorIn(route.api, told.text);
        }
        assert.match(told.text, /flm\.timeouts\.idleSeconds/, route.name);
        assertNothingLeaked(told);
        const record = await lastRecord(scene);
        assert.deepEqual([record.outcome, record.errorCode], ['engine-error', 'idle_timeout'], route.name);
        assert.equal(await scene.engine.requests[0]?.ended, 'aborted', route.name);
        await assertQuiet(scene);
      }),
    );
  });
});

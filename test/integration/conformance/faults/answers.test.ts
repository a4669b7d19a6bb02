import assert from 'node:assert/strict';
import { errorIn } from './answer-shape';
import { answerFaults } from './answers';
import { routes } from './routes';
import {
  assertNothingLeaked,
  assertQuiet,
  withEngine,
  stopAll,
  traffic,
  watchRejections,
  type EngineScene,
} from './scene';

describe('Fault matrix: what engines answer, on every route', () => {
  watchRejections();

  for (const route of routes) {
    describe(route.name, () => {
      let scene: EngineScene;
      before(async () => {
        scene = await withEngine(route);
      });
      after(stopAll);

      for (const { what, answer, status, code } of answerFaults) {
        it(what, async () => {
          scene.engine.script({ answers: { '*': answer } });

          const told = await scene.ask();

          assert.equal(told.status, status, told.text);
          const error = errorIn(route.api, told.text);
          assert.ok(error.message.length > 5 && !error.message.includes('<'), error.message);
          assert.equal(told.headers.get('location'), null);
          assert.equal(told.headers.get('content-encoding'), null);
          if (status === 503 || status === 429) assert.match(told.headers.get('retry-after') ?? '', /^\d+$/);
          assertNothingLeaked(told);
          await assertQuiet(scene);
          const record = scene.records.at(-1);
          assert.deepEqual([record?.outcome, record?.status], ['engine-error', status]);
          assert.ok(record?.errorCode?.startsWith(code), record?.errorCode);
        });
      }
    });
  }
});

describe('Fault matrix: the circuit breaker, on every route', () => {
  watchRejections();
  afterEach(stopAll);

  for (const route of routes) {
    it(`opens after three failures of the connection: ${route.name}`, async () => {
      const scene = await withEngine(route);
      await scene.engine.stop();

      const codes: unknown[] = [];
      for (let i = 0; i < 4; i++) {
        const told = await scene.ask();
        errorIn(route.api, told.text);
        assertNothingLeaked(told);
        const record = await scene.recordOf((each) => scene.records.indexOf(each) === i);
        codes.push([told.status, record.errorCode]);
      }

      const unreachable = [502, 'engine_unreachable'];
      assert.deepEqual(codes, [unreachable, unreachable, unreachable, [503, 'engine_unavailable']]);
      assert.equal(traffic(scene).breaker, 'open');
      await assertQuiet(scene);
    });

    it(`opens after three resets before the head: ${route.name}`, async () => {
      const answers = { '*': ({ req }: { req: { socket: { destroy(): unknown } } }) => void req.socket.destroy() };
      const scene = await withEngine(route, { answers });

      for (let i = 0; i < 3; i++) await scene.ask();

      assert.equal(traffic(scene).breaker, 'open');
      assert.equal((await scene.ask()).status, 503);
    });

    it(`stays closed whatever an engine answers: ${route.name}`, async () => {
      const scene = await withEngine(route);
      for (const status of [400, 404, 429, 500, 503]) {
        scene.engine.script({ answers: { '*': { status, body: { error: 'no' } } } });
        await scene.ask();
      }
      scene.engine.script({ answers: {} });

      const told = await scene.ask();

      assert.deepEqual([traffic(scene).breaker, told.status], ['closed', 200]);
      await assertQuiet(scene);
    });
  }
});

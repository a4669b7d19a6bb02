import assert from 'node:assert/strict';
import { startOddServer, type OddKind } from '../../../helpers/engines/odd-server';
import { literalBaseUrls } from '../../../../src/engines/base-url';
import { columns } from '../columns';
import { endOf, errorIn } from './answer-shape';
import { routes } from './routes';
import {
  assertNothingLeaked,
  assertQuiet,
  withEngine,
  withUrl,
  columnOf,
  lastRecord,
  stopAll,
  watchRejections,
} from './scene';

/** Whatever took the engine's port, and what a client then sees. */
const strangers: readonly (readonly [kind: OddKind, status: number, code: RegExp])[] = [
  ['redirect-loop', 502, /^engine_error$/],
  ['slow-headers', 504, /^first_byte_timeout$/],
  ['slow-body', 504, /^idle_timeout$/],
  ['huge-headers', 502, /^engine_/],
  ['tls', 502, /^engine_/],
  ['banner', 502, /^engine_/],
  ['silent', 504, /^first_byte_timeout$/],
  ['closes', 502, /^engine_unreachable$/],
  ['resets', 502, /^engine_unreachable$/],
  ['garbage', 502, /^engine_/],
  ['html', 502, /^engine_error$/],
];

const impatient = { config: { 'timeouts.firstByteSeconds': 1, 'timeouts.idleSeconds': 1 } };

describe('Fault matrix: strangers on the engine’s port, on every route', () => {
  watchRejections();
  afterEach(stopAll);

  for (const [kind, status, code] of strangers) {
    // All routes at once: some of these are waited for until a limit.
    it(`${kind}: ${status} (42)`, async () => {
      const server = await startOddServer(kind, { everyMs: 3000, hugeBytes: 3_000_000 });
      try {
        await Promise.all(
          routes.map(async (route) => {
            const scene = await withUrl(route, server.url, impatient);

            const told = await scene.ask();

            assert.equal(told.status, status, `${route.name}: ${told.text}`);
            errorIn(route.api, told.text);
            assertNothingLeaked(told);
            const record = await lastRecord(scene);
            assert.equal(record.outcome, 'engine-error', route.name);
            assert.match(record.errorCode ?? '', code, route.name);
            await assertQuiet(scene);
          }),
        );
      } finally {
        await stopAll();
        await server.stop();
      }
    });
  }

  it('an endless answer ends, and holds no memory: every route (42)', async function () {
    this.timeout(30_000);
    const server = await startOddServer('huge-body', { hugeBytes: 6_000_000 });
    try {
      for (const route of routes) {
        const scene = await withUrl(route, server.url, impatient);

        const told = await scene.ask().catch(() => undefined);

        if (told !== undefined && told.status !== 200) errorIn(route.api, told.text);
        await assertQuiet(scene);
      }
    } finally {
      await stopAll();
      await server.stop();
    }
  });
});

describe('Fault matrix: engines come, go and change places, on every route', () => {
  watchRejections();
  afterEach(stopAll);

  for (const route of routes) {
    it(`another engine on the same port gets a request it understands or refuses (41): ${route.name}`, async () => {
      for (const other of columns.filter(({ kind }) => kind !== route.kind)) {
        const gone = await columnOf(route).start({}, route.purpose);
        const { port, url } = gone;
        await gone.stop();
        const engine = await other.start({ port }, route.purpose);
        const scene = await withUrl(route, url);
        try {
          const told = await scene.ask();

          if (told.status !== 200) errorIn(route.api, told.text);
          else if (route.isStream) assert.equal(endOf(route.api, told.text), 'whole');
          assertNothingLeaked(told);
          await assertQuiet({ ...scene, engine });
        } finally {
          await stopAll();
          await engine.stop();
        }
      }
    });

    it(`an engine that comes back is asked again: ${route.name}`, async () => {
      const scene = await withEngine(route);
      const statuses: number[] = [(await scene.ask()).status];
      await scene.engine.stop();
      statuses.push((await scene.ask()).status);
      await scene.engine.listen();
      statuses.push((await scene.ask()).status);

      assert.deepEqual(statuses, [200, 502, 200]);
      await assertQuiet(scene);
    });

    for (const host of ['127.0.0.1', '::1']) {
      it(`localhost that is ${host} alone is reached (46): ${route.name}`, async function () {
        const engine = await columnOf(route)
          .start({ host }, route.purpose)
          .catch(() => undefined);
        if (engine === undefined) this.skip(); // a machine without IPv6
        try {
          // Detection puts a literal address in the place of `localhost`; FLM asks that.
          const baseUrl = literalBaseUrls(`http://localhost:${engine.port}`).find((base) => base === engine.url);
          assert.ok(baseUrl !== undefined);
          const scene = await withUrl(route, baseUrl);

          assert.equal((await scene.ask()).status, 200);
        } finally {
          await stopAll();
          await engine.stop();
        }
      });
    }

    it(`a reused connection that the engine just closed is replaced, once (19): ${route.name}`, async () => {
      const scene = await withEngine(route);
      await scene.ask();
      scene.engine.script({ resetReusedConnections: true });

      assert.equal((await scene.ask()).status, 200);
      await assertQuiet(scene);
    });
  }
});

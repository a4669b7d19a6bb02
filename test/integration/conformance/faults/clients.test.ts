import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { sendRaw } from '../../../helpers/proxy-harness';
import type { Exchange } from '../../../helpers/engines/exchange';
import { endOf, errorIn, saidIn } from './answer-shape';
import { engineStreams, routes, textRoutes, type FaultRoute } from './routes';
import { assertQuiet, withEngine, lastRecord, stopAll, traffic, watchRejections, type EngineScene } from './scene';

/** Rejects when the client has left; either way the request is over. */
async function leave(scene: EngineScene, when: (scene: EngineScene) => Promise<void>): Promise<void> {
  const abort = new AbortController();
  const asked = scene.ask('Hi', { signal: abort.signal }).catch(() => undefined);
  await when(scene);
  abort.abort();
  await asked;
}

const untilAsked = async ({ engine }: EngineScene): Promise<void> => {
  await engine.waitForRequest();
};

const untilMiddle = async ({ engine }: EngineScene): Promise<void> => {
  while ((engine.generations[0]?.tokens ?? 0) < 5) await new Promise((resolve) => setTimeout(resolve, 2));
};

async function assertAborted(scene: EngineScene): Promise<void> {
  assert.equal((await lastRecord(scene)).outcome, 'aborted');
  assert.equal(await scene.engine.requests[0]?.ended, 'aborted');
  await assertQuiet(scene);
  assert.notEqual(traffic(scene).breaker, 'open');
}

describe('Fault matrix: clients that leave, on every route (40)', () => {
  watchRejections();
  afterEach(stopAll);

  for (const route of routes) {
    it(`before the first byte: ${route.name}`, async () => {
      const scene = await withEngine(route, { timing: { answerMs: 60_000 } });

      await leave(scene, untilAsked);

      await assertAborted(scene);
    });

    it(`after the end, keeping the connection, is no abort: ${route.name}`, async () => {
      const scene = await withEngine(route);

      for (let i = 0; i < 3; i++) assert.equal((await scene.ask()).status, 200);
      await scene.recordOf((record) => scene.records.indexOf(record) === 2);

      assert.deepEqual(
        scene.records.map(({ outcome }) => outcome),
        ['ok', 'ok', 'ok'],
      );
      assert.ok(scene.engine.requests.every(({ abortedAt }) => abortedAt === undefined));
      await assertQuiet(scene);
    });
  }

  for (const route of textRoutes) {
    it(`in the middle of the generation: ${route.name}`, async () => {
      const reply = { text: Array<string>(2000).fill(' word') };
      const scene = await withEngine(route, { reply, timing: { tokenMs: 3 } });

      await leave(scene, untilMiddle);

      await assertAborted(scene);
      assert.notEqual(scene.engine.generations[0]?.state, 'finished');
    });
  }
});

/** Sends events as fast as they go, in the form of the route's engine. */
function flood({ engineSends }: FaultRoute, total: number) {
  return (exchange: Exchange): void => {
    const { res, request } = exchange;
    const word = 'x'.repeat(16_000);
    const chunk = { choices: [{ index: 0, delta: { content: word }, text: word }], message: { content: word } };
    const line = JSON.stringify(chunk);
    const event = Buffer.from(engineSends === 'lines' ? `${line}\n` : `data: ${line}\n\n`);
    res.writeHead(200, { 'content-type': engineSends === 'lines' ? 'application/x-ndjson' : 'text/event-stream' });
    const pump = (): void => {
      while (request.sentBytes < total && !res.destroyed) {
        request.sentBytes += event.length;
        if (res.write(event)) continue;
        res.once('drain', pump);
        return;
      }
      res.end();
    };
    pump();
  };
}

describe('Fault matrix: clients that read slowly, on every stream (39)', () => {
  watchRejections();
  afterEach(stopAll);

  for (const route of engineStreams.filter(({ isStream }) => isStream)) {
    it(route.name, async () => {
      const total = 150 * 1024 * 1024;
      const scene = await withEngine(route, { answers: { '*': flood(route, total) } });
      const body = JSON.stringify({ ...route.body('Hi'), model: scene.model });
      const socket = connect(scene.port, '127.0.0.1');
      socket.on('error', () => undefined);
      socket.pause();
      socket.write(
        `POST ${route.path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
      );
      const seen = await scene.engine.waitForRequest();

      // Until the engine is held back: nothing more of it was sent for a while
      for (let last = -1; seen.sentBytes !== last || last === 0;) {
        last = seen.sentBytes;
        await new Promise((resolve) => setTimeout(resolve, 60));
      }

      assert.ok(seen.sentBytes < 40 * 1024 * 1024, `the engine sent ${seen.sentBytes}`);
      socket.destroy();
      assert.equal(await seen.ended, 'aborted');
      assert.equal((await lastRecord(scene)).outcome, 'aborted');
      await assertQuiet(scene);
    });
  }
});

describe('Fault matrix: what clients send, on every route', () => {
  watchRejections();
  afterEach(stopAll);

  for (const route of routes) {
    it(`with «Expect: 100-continue» (43): ${route.name}`, async () => {
      const scene = await withEngine(route);
      const body = JSON.stringify({ ...route.body('Hi'), model: scene.model });

      const answer = await sendRaw(
        scene.port,
        `POST ${route.path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nExpect: 100-continue\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
      );

      assert.match(answer, /^(HTTP\/1\.1 100 Continue\r\n\r\n)?HTTP\/1\.1 200 /);
      assert.equal(scene.engine.requests[0]?.headers.expect, undefined);
    });

    it(`larger than the engine takes (43): ${route.name}`, async () => {
      const scene = await withEngine(route, { bodyLimitBytes: 20_000 });

      const told = await scene.ask('x '.repeat(500_000));

      assert.equal(told.status, 413, told.text);
      errorIn(route.api, told.text);
      assert.equal((await lastRecord(scene)).errorCode, 'body_too_large');
      await assertQuiet(scene);
    });

    it(`that is no JSON never reaches the engine (13): ${route.name}`, async () => {
      const scene = await withEngine(route);

      const answer = await scene.post(route.path, '{"model":"engine/x",');

      assert.equal(answer.status, 400);
      errorIn(route.api, await answer.text());
      assert.equal(scene.engine.requests.length, 0);
    });

    it(`with another method never reaches the engine (45): ${route.name}`, async () => {
      const scene = await withEngine(route);

      for (const method of ['HEAD', 'GET', 'PUT', 'DELETE', 'PATCH']) {
        const answer = await fetch(scene.url + route.path, { method });
        const text = await answer.text();
        assert.equal(answer.status, 405, method);
        assert.match(answer.headers.get('allow') ?? '', /POST/);
        if (method !== 'HEAD') errorIn(route.api, text);
      }
      const preflight = await fetch(scene.url + route.path, {
        method: 'OPTIONS',
        headers: { origin: 'https://evil.example', 'access-control-request-method': 'POST' },
      });

      assert.ok(preflight.status >= 200 && preflight.status < 500);
      assert.equal(preflight.headers.get('access-control-allow-origin'), null);
      assert.equal(scene.engine.requests.length, 0);
    });
  }

  for (const route of textRoutes) {
    it(`twelve at once do not mix (44): ${route.name}`, async () => {
      const scene = await withEngine(route, { timing: { tokenMs: 1 }, chatId: 'chatcmpl-417' });
      const prompts = Array.from({ length: 12 }, (_, i) => `prompt-number-${i}-`);

      const all = await Promise.all(prompts.map((prompt) => scene.ask(prompt)));

      for (const [i, { text, status }] of all.entries()) {
        assert.equal(status, 200, text);
        assert.match(saidIn(route.api, text, route.isStream), new RegExp(`said: prompt-number-${i}-`));
        assert.equal(saidIn(route.api, text, route.isStream).match(/prompt-number/g)?.length, 1);
        if (route.isStream) assert.equal(endOf(route.api, text), 'whole');
      }
      await assertQuiet(scene);
    });
  }
});

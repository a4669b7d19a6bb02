import assert from 'node:assert/strict';
import { defaultConfig } from '../../../src/core/config';
import { EngineSession, probeLimits } from '../../../src/engines/engine-session';
import { vllmAdapter } from '../../../src/engines/vllm';
import { FakeClock } from '../../helpers/fake-clock';
import { FakeNetwork, routes } from '../../helpers/fake-network';

const baseUrl = 'http://127.0.0.1:7777';
const rows = [
  { id: 'Qwen/Qwen3-8B', parent: null },
  { id: 'lora', parent: 'Qwen/Qwen3-8B' },
];
const refusals = {
  off: '"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set',
  on: 'temperature must be non-negative, got -1.0.',
  schema: "[{'type': 'greater_than_equal', 'loc': ('body', 'temperature')}]",
} as const;

/** What a look and the pulse after it find; the server may answer differently from the second look on. */
class Server {
  readonly clock = new FakeClock();
  readonly #network = new FakeNetwork();
  readonly #memo = new Map<string, unknown>();

  constructor(message: string, status = 400) {
    this.becomes(message, status);
  }

  becomes(message: string, status = 400, news: { version?: string; models?: readonly object[] } = {}): void {
    const { version = '0.26.0', models = rows } = news;
    this.#network.serve(
      baseUrl,
      routes({
        '/v1/models': { body: { object: 'list', data: models } },
        '/version': { body: { version } },
        '/health': { body: '' },
        '/v1/chat/completions': { status, body: { error: { message, type: 'BadRequestError', code: status } } },
      }),
    );
  }

  get asked(): number {
    return this.#network.requests.filter(({ path }) => path === '/v1/chat/completions').length;
  }

  async look(): Promise<readonly boolean[]> {
    const { models } = await vllmAdapter.look(this.#session());
    return (models ?? []).map(({ capabilities }) => capabilities.includes('tools'));
  }

  async pulse(): Promise<readonly boolean[]> {
    const { models } = await vllmAdapter.pulse(this.#session(), { models: [], pulse: 5 });
    return (models ?? []).map(({ capabilities }) => capabilities.includes('tools'));
  }

  #session(): EngineSession {
    return new EngineSession({
      prober: this.#network,
      clock: this.clock,
      limits: probeLimits(defaultConfig),
      baseUrl,
      key: undefined,
      memo: this.#memo,
    });
  }
}

describe('Whether vLLM calls tools', () => {
  it('shows in a refused request: it looked past the tools; adapters share it, and pulses keep it', async () => {
    const server = new Server(refusals.on);

    assert.deepEqual(await server.look(), [true, true]);
    assert.deepEqual(await server.pulse(), [true, true]);
  });

  for (const [what, message, status] of [
    ['refuses tools', refusals.off, 400],
    ['refuses the request by its schema', refusals.schema, 400],
    ['has no chat route', 'Not Found', 404],
    ['answers', refusals.on, 200],
  ] as const) {
    it(`is not claimed where the server ${what}`, async () => {
      assert.deepEqual(await new Server(message, status).look(), [false, false]);
    });
  }

  for (const [what, message] of [
    ['does', refusals.on],
    ['does not', refusals.off],
  ] as const) {
    it(`is asked once where it ${what}: the question is a refused request in the server's log`, async () => {
      const server = new Server(message);
      const first = await server.look();

      assert.deepEqual(await server.look(), first);
      assert.equal(server.asked, 1);
    });
  }

  for (const [what, news] of [
    ['has another version', { version: '0.27.0' }],
    ['has other models', { models: [...rows, { id: 'another', parent: null }] }],
  ] as const) {
    it(`is asked again once the server ${what}`, async () => {
      const server = new Server(refusals.off);
      await server.look();
      server.becomes(refusals.on, 400, news);

      assert.ok((await server.look()).every((callsTools) => callsTools));
      assert.equal(server.asked, 2);
    });
  }

  it('is asked again after the server was unvisited for so long that it may have been started anew', async () => {
    const server = new Server(refusals.on);
    await server.look();
    server.clock.advance(61_000);
    server.becomes(refusals.off);

    assert.deepEqual(await server.pulse(), [true, true], 'what was told holds until it is asked');
    assert.deepEqual([await server.look(), server.asked], [[false, false], 2]);
  });

  it('is not asked again while visits go on, however long', async () => {
    const server = new Server(refusals.off);
    await server.look();
    for (let visit = 0; visit < 10; visit++) {
      server.clock.advance(30_000);
      await server.pulse();
    }
    await server.look();

    assert.equal(server.asked, 1);
  });

  it('is asked again where the answer was of the moment', async () => {
    const server = new Server('Too busy', 503);
    await server.look();
    server.becomes(refusals.on);

    assert.deepEqual([await server.look(), server.asked], [[true, true], 2]);
  });
});

import assert from 'node:assert/strict';
import { defaultConfig } from '../../../src/core/config';
import { usableContext, type Model } from '../../../src/core/model';
import { EngineSession, probeLimits } from '../../../src/engines/engine-session';
import { ollamaAdapter } from '../../../src/engines/ollama';
import { numCtxOf, smallestDefault } from '../../../src/engines/ollama-context';
import { FakeClock } from '../../helpers/fake-clock';
import { FakeNetwork, type FakeReply } from '../../helpers/fake-network';

const baseUrl = 'http://127.0.0.1:11434';
const tag = (name: string, contextMax: number) => ({
  name,
  model: name,
  digest: name,
  modified_at: '2026-08-01T10:00:00Z',
  details: { family: 'x', context_length: contextMax },
  capabilities: ['completion'],
});

/** An Ollama with a model of its own `num_ctx`, one that takes the default, and one that is small. */
class Server {
  readonly network = new FakeNetwork();
  readonly #memo = new Map<string, unknown>();
  running: readonly object[] = [];
  version = '0.32.15';
  #models: readonly Model[] = [];

  constructor() {
    const models = [tag('asks', 131_072), tag('takes', 131_072), tag('other', 65_536), tag('small', 2048)];
    const answers: Record<string, (name: string) => FakeReply> = {
      '/api/version': () => ({ body: { version: this.version } }),
      '/api/tags': () => ({ body: { models } }),
      '/api/ps': () => ({ body: { models: this.running } }),
      '/api/show': (name) => ({
        body: name === 'asks' ? { parameters: 'temperature 1\nnum_ctx                        8192' } : {},
      }),
    };
    this.network.serve(baseUrl, ({ path, body }) => {
      const { model = '' } = (body ?? {}) as { model?: string };
      return answers[path]?.(model) ?? { status: 404 };
    });
  }

  async look(): Promise<void> {
    this.#models = (await ollamaAdapter.look(this.#session())).models ?? [];
  }

  async pulse(): Promise<void> {
    this.#models = (await ollamaAdapter.pulse(this.#session(), { models: this.#models, pulse: 1 })).models ?? [];
  }

  of(id: string): Model {
    const model = this.#models.find((one) => one.id === id);
    assert.ok(model);
    return model;
  }

  #session(): EngineSession {
    const clock = new FakeClock();
    const limits = probeLimits(defaultConfig);
    return new EngineSession({ prober: this.network, clock, limits, baseUrl, key: undefined, memo: this.#memo });
  }
}

describe('The context of an Ollama model that is not loaded', () => {
  it('is the one its Modelfile asks for', async () => {
    const server = new Server();
    await server.look();

    assert.deepEqual(server.of('asks').contextExpected, { tokens: 8192, from: 'parameters' });
  });

  it('is the smallest default while nothing shows more, with its maximum beside it', async () => {
    const server = new Server();
    await server.look();

    assert.deepEqual(server.of('takes').contextExpected, { tokens: 4096, from: 'default' });
    assert.deepEqual([usableContext(server.of('takes')), server.of('takes').contextMax], [4096, 131_072]);
  });

  it('is its maximum where that is less', async () => {
    const server = new Server();
    await server.look();

    assert.deepEqual([server.of('small').contextExpected, usableContext(server.of('small'))], [undefined, 2048]);
  });

  it('is what others are given, also after they are unloaded', async () => {
    const server = new Server();
    await server.look();
    server.running = [{ model: 'takes', context_length: 32_768 }];
    await server.pulse();

    assert.deepEqual(server.of('other').contextExpected, { tokens: 32_768, from: 'others' });
    assert.equal(usableContext(server.of('takes')), 32_768);
    server.running = [];
    await server.pulse();
    assert.deepEqual(server.of('other').contextExpected, { tokens: 32_768, from: 'others' });
    assert.deepEqual(server.of('asks').contextExpected, { tokens: 8192, from: 'parameters' });
  });

  it('is the least of what others are given: a client may ask for more', async () => {
    const server = new Server();
    server.running = [
      { model: 'takes', context_length: 100_000 },
      { model: 'other', context_length: 16_384 },
    ];
    await server.look();

    assert.deepEqual(server.of('takes').contextExpected, { tokens: 16_384, from: 'others' });
  });

  it('is not learned from models at their maximum or with parameters of their own', async () => {
    const server = new Server();
    server.running = [
      { model: 'small', context_length: 2048 },
      { model: 'asks', context_length: 8192 },
    ];
    await server.look();

    assert.equal(server.of('takes').contextExpected?.from, 'default');
    assert.equal(usableContext(server.of('asks')), 8192);
  });

  it('is asked for once per model', async () => {
    const server = new Server();
    await server.look();
    await server.look();

    assert.equal(server.network.pathsAt(baseUrl).filter((path) => path === '/api/show').length, 4);
  });

  it('was smaller by default before 0.6.7', () => {
    const versions = ['0.5.13', '0.6.6', '0.6.7', '0.32.15', '1.0.0', undefined];

    assert.deepEqual(versions.map(smallestDefault), [2048, 2048, 4096, 4096, 4096, 4096]);
  });

  it('is read from any text of parameters', () => {
    const texts: readonly unknown[] = [
      'num_ctx 8192',
      'stop "num_ctx 5"\r\nnum_ctx\t16384\r',
      'num_ctx x',
      '',
      null,
      7,
    ];

    assert.deepEqual(texts.map(numCtxOf), [8192, 16_384, undefined, undefined, undefined, undefined]);
  });
});

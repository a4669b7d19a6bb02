import assert from 'node:assert/strict';
import { Ollama } from 'ollama';
import { closedPort } from './closed-port';
import { startProxy } from '../../../helpers/proxy-harness';
import type { CommonScript } from '../../../helpers/engines/script';
import { before, engines, knownKinds, startEngine, stopAll, type KnownKind } from '../repairs/support';

const messages = [{ role: 'user', content: 'Hi' }];
const words = ['Grüß', ' Gott', ' 😀', ' こ', 'ん', 'に', 'ち', 'は'];

interface Told {
  readonly status: number;
  readonly lines: readonly Record<string, unknown>[];
}

/** Asks for a stream. Lines that are no JSON are left out, as Ollama's clients leave them out. */
async function ask(kind: KnownKind, script: Partial<CommonScript>): Promise<Told> {
  const engine = await startEngine(kind, script);
  const proxy = await before(engine, kind, engines[kind].model);
  const answer = await proxy.post('/api/chat', { model: engines[kind].model, messages });
  const text = await answer.text();
  const lines = text.split('\n').filter((line) => line !== '');
  return { status: answer.status, lines: lines.flatMap(parse) };
}

function parse(line: string): Record<string, unknown>[] {
  try {
    return [JSON.parse(line) as Record<string, unknown>];
  } catch {
    return [];
  }
}

function contentOf({ lines }: Told): string {
  return lines.map(({ message }) => (message as { content?: string } | undefined)?.content ?? '').join('');
}

/** The last line is an error and none says that the answer is whole. */
function assertBroken({ lines }: Told): void {
  assert.deepEqual(Object.keys(lines.at(-1) ?? {}), ['error']);
  assert.equal(
    lines.some(({ done }) => done === true),
    false,
  );
}

describe('Ollama’s API before engines with faults', () => {
  afterEach(stopAll);

  for (const kind of knownKinds) {
    describe(kind, () => {
      it('is the same however the bytes are divided (scenarios 7 and 31)', async () => {
        const told = await ask(kind, { reply: { text: words }, wire: { chunking: { bytesPerWrite: 1 } } });

        assert.equal(contentOf(told), words.join(''));
        assert.equal(told.lines.at(-1)?.done, true);
      });

      for (const how of ['reset', 'eof', 'mid-chunk'] as const) {
        it(`ends with an error line when the engine’s stream breaks off (${how}, scenario 33)`, async () => {
          const told = await ask(kind, { reply: { text: words }, wire: { cut: { afterEvents: 3, how } } });

          assert.equal(told.status, 200);
          assertBroken(told);
        });
      }

      it('says 502 when the engine answers with a page (scenario 35)', async () => {
        const page = { status: 200, headers: { 'content-type': 'text/html' }, body: '<html>busy</html>' };
        const told = await ask(kind, { answers: { '/api/chat': page, '/v1/chat/completions': page } });

        assert.equal(told.status, 502);
        assert.deepEqual(Object.keys(told.lines[0] ?? {}), ['error']);
      });

      it('passes on why the engine refused, as one text', async () => {
        const refusal = { status: 400, body: { error: { message: 'does not support chat', type: 'x', param: null } } };
        const told = await ask(kind, { answers: { '/api/chat': refusal, '/v1/chat/completions': refusal } });

        assert.equal(told.status, 400);
        assert.match(String(told.lines[0]?.error), /does not support chat/);
      });
    });
  }

  it('says 502 in Ollama’s words when nothing listens', async () => {
    const port = await closedPort();
    const proxy = await startProxy({
      engines: [{ id: 'e', baseUrl: `http://127.0.0.1:${port}`, models: ['m'], kind: 'vllm' }],
    });
    const client = new Ollama({ host: proxy.url });

    const refused = await client.chat({ model: 'm', messages }).catch((error: unknown) => error);
    await proxy.stop();

    assert.equal((refused as { status_code: number }).status_code, 502);
  });

  it('words refusals at the entrance as Ollama does', async () => {
    const admit = () => ({
      ok: false as const,
      refusal: { rule: 'identity', code: 'key_missing' as const, message: 'An API key is needed.' },
    });
    const proxy = await startProxy({ gate: { admit } });
    const client = new Ollama({ host: proxy.url });

    const refusals = await Promise.all(
      [client.list(), client.ps(), client.show({ model: 'm' }), client.chat({ model: 'm', messages })].map((asked) =>
        (asked as Promise<unknown>).catch((error: unknown) => error),
      ),
    );
    await proxy.stop();

    for (const refusal of refusals) {
      const { status_code, message } = refusal as { status_code: number; message: string };
      assert.deepEqual([status_code, message], [401, 'An API key is needed.']);
    }
  });

  it('lets LM Studio load a model that is not in memory, and tells nothing of what it says', async () => {
    const engine = await startEngine('lmstudio');
    const id = engines.lmstudio.model;
    const proxy = await before(engine, 'lmstudio', id, { model: { isLoaded: false } });
    const client = new Ollama({ host: proxy.url });

    const loaded = await client.generate({ model: id, prompt: '' });

    assert.deepEqual([loaded.response, loaded.done, loaded.done_reason], ['', true, 'load']);
    assert.deepEqual(
      engine.requests.map(({ json }) => (json as Record<string, unknown>).max_tokens),
      [1],
    );
  });
});

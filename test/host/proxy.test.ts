import assert from 'node:assert/strict';
import { env } from 'vscode';
import { freePort } from '../../scripts/lib/free-port';
import { client, configure, enginesAt, execute, starters, startProxy, stateWhere, stopProxy } from './support';

describe('the proxy', () => {
  before(async () => configure('proxy.port', await freePort()));
  afterEach(async () => {
    await stopProxy();
    await configure('engines.addresses', undefined);
  });
  after(() => configure('proxy.port', undefined));

  it('listens on the configured port of this machine once its command has run', async () => {
    const port = await freePort();
    await configure('proxy.port', port);

    const endpoint = await startProxy();

    assert.equal(endpoint, `http://127.0.0.1:${port}/v1`);
    const response = await fetch(`http://127.0.0.1:${port}/health`);
    assert.equal(response.status, 200);
    await response.body?.cancel();
  });

  it('puts its endpoint on the clipboard', async () => {
    await env.clipboard.writeText('something else');
    const endpoint = await startProxy();

    await execute('flm.proxy.copyEndpoint');

    assert.equal(await env.clipboard.readText(), endpoint);
  });

  it('starts and stops by its toggle', async () => {
    await execute('flm.proxy.toggle');
    await stateWhere('on', ({ proxy }) => proxy.phase === 'on');

    await execute('flm.proxy.toggle');

    await stateWhere('off', ({ proxy }) => proxy.phase === 'off');
  });

  it('frees its port when stopped', async () => {
    const endpoint = await startProxy();

    await stopProxy();

    await assert.rejects(fetch(`${endpoint}/models`), /fetch failed/);
  });

  it('takes the next port when another program has the configured one, and says so', async () => {
    const other = await starters.vllm();
    try {
      await configure('proxy.port', other.port);

      const endpoint = await startProxy();

      assert.notEqual(endpoint, `${other.url}/v1`);
      const { proxy } = await stateWhere('a notice', (state) => state.proxy.notice !== undefined);
      assert.equal(proxy.endpoint, endpoint);
    } finally {
      await other.stop();
    }
  });

  for (const [kind, start] of Object.entries(starters)) {
    it(`streams a chat from ${kind} to the official openai client`, async () => {
      const simulator = await start();
      try {
        simulator.script({ reply: { text: 'Streaming works through the whole chain.' } });
        await configure('engines.addresses', [{ url: simulator.url }]);
        const [engine] = await enginesAt([simulator.url]);
        const model = engine?.models.find(({ capabilities }) => capabilities.includes('chat'));
        assert.ok(engine && model);
        const openai = client(await startProxy());

        const stream = await openai.chat.completions.create({
          model: `${engine.id}/${model.id}`,
          messages: [{ role: 'user', content: 'Hello' }],
          stream: true,
        });

        let text = '';
        let pieces = 0;
        let finishReason: string | null | undefined;
        for await (const chunk of stream) {
          const piece = chunk.choices[0]?.delta.content ?? '';
          if (piece !== '') pieces++;
          text += piece;
          finishReason = chunk.choices[0]?.finish_reason ?? finishReason;
        }
        assert.equal(text.trim(), 'Streaming works through the whole chain.');
        assert.equal(finishReason, 'stop');
        assert.ok(pieces > 1, 'the answer came in one piece');
      } finally {
        await simulator.stop();
      }
    });
  }

  it('stops a generation whose client leaves', async () => {
    const simulator = await starters.vllm();
    try {
      simulator.script({ reply: { text: 'word '.repeat(2000) }, timing: { tokenMs: 20 } });
      await configure('engines.addresses', [{ url: simulator.url }]);
      const [engine] = await enginesAt([simulator.url]);
      const openai = client(await startProxy());

      const stream = await openai.chat.completions.create({
        model: engine!.models[0]!.id,
        messages: [{ role: 'user', content: 'Hello' }],
        stream: true,
      });
      // Leaving the loop aborts the request.
      for await (const chunk of stream) if (chunk.choices[0]?.delta.content) break;

      await simulator.waitForIdle(30_000);
      assert.deepEqual(
        simulator.generations.map(({ state }) => state),
        ['cancelled'],
      );
    } finally {
      await simulator.stop();
    }
  });
});

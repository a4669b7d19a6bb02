import assert from 'node:assert/strict';
import { createServer as createTlsServer } from 'node:tls';
import type { Engine } from '../../../src/core/engine';
import { ProbeClient } from '../../../src/engines/probe-client';
import { startLlamaServer } from '../../helpers/engines/llama-server';
import { FakeClock } from '../../helpers/fake-clock';
import { Resources } from './monitor-bench';

const url = (port: number) => `http://127.0.0.1:${port}`;
const says = (engine: Engine | undefined) => [engine?.state, engine?.reason.code];

describe('hostile and broken servers', () => {
  const resources = new Resources();
  afterEach(() => resources.close());

  const lists: readonly (readonly [what: string, body: unknown, state: string, models: number])[] = [
    [
      '5,000 models',
      { object: 'list', data: Array.from({ length: 5000 }, (_, n) => ({ id: `m-${n}`, pad: 'x'.repeat(400) })) },
      'healthy',
      5000,
    ],
    ['an empty list', { object: 'list', data: [] }, 'healthy', 0],
    ['no data', { object: 'list' }, 'api-error', 0],
    ['null', null, 'api-error', 0],
    [
      'ids full of / : @ \\ %, spaces, emoji and HTML',
      { data: ['a/b:c@d\\e%f', 'two words', '🦙', '<img src=x onerror=alert(1)>', '__proto__'].map((id) => ({ id })) },
      'healthy',
      5,
    ],
    ['ids twice', { data: [{ id: 'a' }, { id: 'a' }] }, 'healthy', 1],
    ['an id of 10 kB beside a good one', { data: [{ id: 'x'.repeat(10_240) }, { id: 'ok' }] }, 'healthy', 1],
  ];
  for (const [what, body, state, models] of lists) {
    it(`scenario 37: a list with ${what}`, async () => {
      const port = await resources.http((req, res) => {
        if (req.url === '/v1/models') res.setHeader('content-type', 'application/json').end(JSON.stringify(body));
        else res.writeHead(404).end();
      });

      const [engine] = await resources.look(url(port));

      assert.deepEqual([engine?.state, engine?.models.length], [state, models]);
    });
  }

  it('scenario 37: two engines that offer the same id', async () => {
    const first = resources.add(await startLlamaServer());
    const second = resources.add(await startLlamaServer());

    const engines = await resources.look(first.url, second.url);

    assert.equal(new Set(engines.map((engine) => engine.id)).size, 2);
    assert.equal(engines[0]?.models[0]?.id, engines[1]?.models[0]?.id);
  });

  it('scenario 42: a redirect is named and not followed', async () => {
    let isFollowed = false;
    const target = await resources.http((_req, res) => {
      isFollowed = true;
      res.end('{"data":[]}');
    });
    const port = await resources.http((_req, res) => res.writeHead(307, { location: url(target) }).end());

    const [engine] = await resources.look(url(port));

    assert.deepEqual(says(engine), ['api-error', 'engine.redirect']);
    assert.equal(isFollowed, false);
  });

  it('scenario 42: a body that never ends is cut at 8 MB', async () => {
    let sent = 0;
    const port = await resources.http((_req, res) => {
      const chunk = Buffer.alloc(256 * 1024, 0x20);
      const pump = () => {
        while (!res.destroyed && sent < 100 * 1024 * 1024) {
          sent += chunk.length;
          if (!res.write(chunk)) return void res.once('drain', pump);
        }
      };
      pump();
    });

    const [engine] = await resources.look(url(port));

    assert.deepEqual(says(engine), ['api-error', 'engine.tooLarge']);
    assert.ok(sent < 60 * 1024 * 1024);
  });

  it('scenario 42: a TLS server asked without TLS', async () => {
    const tls = createTlsServer(() => undefined);
    const port = await resources.tcp((socket) => void tls.emit('connection', socket));

    const [engine] = await resources.look(url(port));

    assert.ok(['engine.reset', 'engine.notHttp'].includes(engine?.reason.code ?? ''), engine?.reason.code);
  });

  it('scenario 42: a plain server asked with TLS', async () => {
    const port = await resources.http((_req, res) => res.end());

    const [engine] = await resources.look(`https://127.0.0.1:${port}`);

    assert.deepEqual(says(engine), ['api-error', 'engine.tls']);
  });

  it('scenario 42: a server that speaks something else', async () => {
    const port = await resources.tcp((socket) => void socket.end('SSH-2.0-OpenSSH_9.6\r\n'));

    const [engine] = await resources.look(url(port));

    assert.deepEqual(says(engine), ['api-error', 'engine.notHttp']);
  });

  it('scenario 42: a server that hangs up', async () => {
    const port = await resources.tcp((socket) => void socket.once('data', () => socket.destroy()));

    const [engine] = await resources.look(url(port));

    assert.deepEqual(says(engine), ['network-error', 'engine.reset']);
  });

  const slow: readonly (readonly [string, (write: (text: string) => void) => void])[] = [
    ['accepts and never answers', () => undefined],
    ['sends headers a byte at a time', (write) => write('HTTP/1.1 200')],
    ['sends headers and no body', (write) => write('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n')],
  ];
  for (const [what, answer] of slow) {
    it(`scenario 42: a server that ${what}`, async () => {
      const clock = new FakeClock();
      let arrived: () => void = () => undefined;
      const isAsked = new Promise<void>((resolve) => (arrived = resolve));
      const port = await resources.tcp((socket) => {
        answer((text) => void socket.write(text));
        socket.once('data', arrived);
      });

      const asking = new ProbeClient(clock).send({
        baseUrl: url(port),
        path: '/v1/models',
        connectTimeoutMs: 5000,
        totalTimeoutMs: 250,
      });
      await isAsked;
      clock.advance(250);
      const result = await asking;

      assert.deepEqual(result.ok ? 'answer' : [result.cause, result.reason], [
        'answer-timeout',
        { code: 'engine.answerTimeout', args: [port, 250] },
      ]);
    });
  }

  it('scenario 42: a round does not wait for a server that never answers', async () => {
    let isWaited = true;
    const port = await resources.tcp((socket) => void socket.once('close', () => (isWaited = false)));
    const llama = resources.add(await startLlamaServer());
    // The round may take 3.3 s, the one answer 8.
    const limits = { 'timeouts.probeSeconds': 3, 'engines.degradedLatencyMs': 4000 };
    const monitor = resources.monitor([url(port), llama.url], limits);
    monitor.start();

    const { engines } = await monitor.refresh();

    assert.equal(isWaited, true);
    assert.deepEqual(
      engines.map((engine) => engine.kind),
      ['llamacpp'],
    );
  });

  it('an unknown host name is named', async () => {
    const [engine] = await resources.look('http://no-such-host.invalid:8000');

    assert.deepEqual(engine?.reason, { code: 'engine.unresolved', args: ['no-such-host.invalid'] });
  });

  it('probes close their connections and carry neither Origin nor cookies', async () => {
    const seen: Record<string, unknown>[] = [];
    const port = await resources.http((req, res) => {
      seen.push(req.headers);
      res.setHeader('set-cookie', 'a=b').end('{"object":"list","data":[]}');
    });

    await resources.look(url(port));

    assert.ok(seen.length > 1);
    assert.ok(
      seen.every(
        (headers) => headers.connection === 'close' && headers.origin === undefined && headers.cookie === undefined,
      ),
    );
  });
});

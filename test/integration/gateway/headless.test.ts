import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../../scripts/lib/free-port';
import { parseLease } from '../../../src/protocol/gateway-lease';
import { readFileSync } from 'node:fs';
import { builtGateway } from './built-gateway';
import { HeadlessProcess } from './headless-process';

describe('headless gateway', function () {
  this.timeout(30_000);
  let folder: string;
  let dataDir: string;
  const running: HeadlessProcess[] = [];
  const servers: Server[] = [];

  before(async () => {
    await builtGateway();
  });
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'flm-headless-'));
    dataDir = join(folder, 'data');
  });
  afterEach(async () => {
    for (const process of running.splice(0)) await process.kill();
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      server.close();
    }
    rmSync(folder, { recursive: true, force: true });
  });

  async function start(args: readonly string[], env?: NodeJS.ProcessEnv): Promise<HeadlessProcess> {
    const process = await HeadlessProcess.start(args, env);
    running.push(process);
    return process;
  }

  function writeConfig(content: unknown): string {
    const path = join(folder, 'flm.json');
    writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
    return path;
  }

  const quiet = { engines: { detect: false } };

  async function serve(config: object = quiet, more: readonly string[] = ['--port', '0']): Promise<HeadlessProcess> {
    return start(['--data-dir', dataDir, '--config', writeConfig(config), ...more]);
  }

  function listen(port = 0): Promise<number> {
    const server = createServer((_, response) => response.end('{}'));
    servers.push(server);
    return new Promise((resolve) => {
      server.listen(port, '127.0.0.1', () => resolve((server.address() as { port: number }).port));
    });
  }

  it('serves with no configuration at all, detection on', async () => {
    const gateway = await start(['--data-dir', dataDir, '--port', '0']);

    const line = await gateway.serving();
    const models = await fetch(`${line.endpoint}/models`);

    assert.equal(models.status, 200);
    assert.equal(line.endpoint, `http://127.0.0.1:${line.port}/v1`);
    assert.equal(typeof line.engines, 'number');
    assert.equal(line.dataDir, dataDir);
  });

  it('listens on the port it is given', async () => {
    const port = await freePort();

    const gateway = await serve(quiet, ['--port', String(port)]);

    assert.equal((await gateway.serving()).port, port);
  });

  it('takes the next free port when its own is in use, and says so', async () => {
    const port = await listen();

    const gateway = await serve(quiet, ['--port', String(port)]);
    const line = await gateway.serving();

    assert.notEqual(line.port, port);
    await gateway.logged(new RegExp(`Port ${port} is in use`));
  });

  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    it(`stops in order on ${signal}: port free, lease and socket gone, exit code 0`, async function () {
      if (process.platform === 'win32') this.skip();
      const gateway = await serve();
      const { port } = await gateway.serving();
      const lease = parseLease(readFileSync(join(dataDir, 'gateway.lease.json'), 'utf8'));

      gateway.signal(signal);

      assert.equal(await gateway.ended(), 0);
      assert.equal(existsSync(join(dataDir, 'gateway.lease.json')), false);
      assert.equal(existsSync(lease!.pipe), false);
      await assert.rejects(fetch(`http://127.0.0.1:${port}/health`));
    });
  }

  it('refuses a second gateway on the same folder with its own exit code', async () => {
    const first = await serve();
    await first.serving();

    const second = await serve();

    assert.equal(await second.ended(), 4);
    assert.match(second.stderr, /Another gateway already uses/);
    assert.equal(second.stdout, '');
  });

  it('starts again after it was killed', async () => {
    const first = await serve();
    await first.serving();
    await first.kill();

    const second = await serve();

    assert.ok((await second.serving()).port > 0);
  });

  it('does not listen beyond this machine without a key', async () => {
    const gateway = await serve(quiet, ['--port', '0', '--expose', 'all']);

    assert.equal((await gateway.serving()).host, '127.0.0.1');
    assert.deepEqual((await gateway.serving()).exposed, []);
    await gateway.logged(/needs a usable API key/);
  });

  it('names a bad value, uses its default and serves', async () => {
    const gateway = await serve({ ...quiet, 'timeouts.idleSeconds': 'soon', colour: 'red' });

    await gateway.serving();

    await gateway.logged(/flm\.timeouts\.idleSeconds must be number; its default applies/);
    await gateway.logged(/flm\.colour is not a setting of FLM/);
  });

  for (const [what, content, expected] of [
    ['that is not JSON', '{ "proxy": ', /flm\.json is not valid JSON/],
    ['that is no object', '[1, 2]', /flm\.json must hold a JSON object/],
    [
      'with a policy that cannot be used',
      '{"policy": {"mode": "loud", "tls": {"mode": "files"}}}',
      /policy in .*flm\.json cannot be used: mode must be one of/,
    ],
    ['with bad engine keys', '{"engineKeys": {"not a url": "x"}}', /engineKeys .* must map base URLs to keys/],
  ] as const) {
    it(`refuses a configuration file ${what}`, async () => {
      const gateway = await start(['--data-dir', dataDir, '--config', writeConfig(content)]);

      assert.equal(await gateway.ended(), 3);
      assert.match(gateway.stderr, expected);
    });
  }

  it('refuses a configuration file that is not there', async () => {
    const gateway = await start(['--data-dir', dataDir, '--config', join(folder, 'missing.json')]);

    assert.equal(await gateway.ended(), 3);
    assert.match(gateway.stderr, /missing\.json cannot be read/);
  });

  it('refuses a data folder that cannot be made', async () => {
    writeFileSync(join(folder, 'file'), '');

    const gateway = await start(['--data-dir', join(folder, 'file', 'data'), '--port', '0']);

    assert.equal(await gateway.ended(), 1);
    assert.match(gateway.stderr, /data folder .* cannot be made/);
  });

  it('works with a data folder whose path is too long for a socket', async () => {
    dataDir = join(folder, 'a'.repeat(100), 'b'.repeat(60));
    mkdirSync(dataDir, { recursive: true });

    const gateway = await serve();

    assert.ok((await gateway.serving()).port > 0);
  });

  it('takes a changed configuration file while it runs', async () => {
    const [first, second] = [await freePort(), await freePort()];
    const gateway = await serve({ ...quiet, proxy: { port: first } }, []);
    assert.equal((await gateway.serving()).port, first);

    writeConfig({ ...quiet, proxy: { port: second } });
    await gateway.logged(new RegExp(`answers at http://127\\.0\\.0\\.1:${second}/v1`));

    assert.equal((await fetch(`http://127.0.0.1:${second}/health`)).status, 200);
  });

  it('enforces the policy of its configuration file from the first request, and a changed one', async () => {
    const gateway = await serve({ ...quiet, policy: { requireKeyOnLoopback: true } });
    const { port } = await gateway.serving();
    const models = () => fetch(`http://127.0.0.1:${port}/v1/models`);
    assert.equal((await models()).status, 401);

    writeConfig({ ...quiet, policy: { requireKeyOnLoopback: false } });
    await gateway.logged(/configuration file was read again/);

    assert.equal((await models()).status, 200);
  });

  it('keeps what applied when a changed configuration file is broken', async () => {
    const gateway = await serve();
    const { port } = await gateway.serving();

    writeConfig('{ broken');
    await gateway.logged(/is not valid JSON.*What applied so far still does/);

    assert.equal((await fetch(`http://127.0.0.1:${port}/health`)).status, 200);
  });

  it('a second signal ends it at once though a client holds a connection', async function () {
    if (process.platform === 'win32') this.skip();
    const gateway = await serve();
    const { port } = await gateway.serving();
    const client = connect(port, '127.0.0.1');
    client.on('error', () => undefined);

    gateway.signal('SIGTERM');
    gateway.signal('SIGTERM');
    const code = await gateway.ended();
    client.destroy();

    // Two signals that arrive as one (POSIX may merge them) end it in order.
    assert.ok(code === 143 || code === 0, String(code));
  });
});

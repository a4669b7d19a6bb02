import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { freePort } from '../../../scripts/lib/free-port';
import { systemClock } from '../../../src/core/clock';
import { FlmError, type ErrorCode } from '../../../src/core/errors';
import { silentLogger } from '../../../src/core/logger';
import { GatewayClient } from '../../../src/editor/gateway/gateway-client';
import { PipeConnection } from '../../../src/editor/gateway/pipe-connection';
import { NodeWorkerLauncher } from '../../../src/editor/gateway/worker-launcher';
import type { GatewayStatus } from '../../../src/editor/gateway-port';
import { parseLease, type GatewayLease } from '../../../src/protocol/gateway-lease';
import { protocolVersion, type GatewayRequestName } from '../../../src/protocol/gateway-rpc';
import type { GatewayWorkerMessage } from '../../../src/protocol/gateway-worker';
import { builtGateway } from './built-gateway';

/** A slow machine gets that long for an answer. */
const patienceMs = 20_000;

describe('gateway worker and its RPC', function () {
  this.timeout(60_000);
  let gatewayFile: string;
  let dataDir: string;
  let settings: object;
  const workers: Worker[] = [];
  const clients: GatewayClient[] = [];
  const connections: PipeConnection[] = [];

  before(async () => {
    ({ gatewayFile } = await builtGateway());
  });
  beforeEach(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'flm-rpc-'));
    settings = { 'engines.detect': false, 'proxy.port': await freePort(), 'timeouts.probeSeconds': 10 };
  });
  afterEach(async () => {
    for (const connection of connections.splice(0)) connection.dispose();
    for (const client of clients.splice(0)) await client.close();
    for (const worker of workers.splice(0)) await worker.terminate();
    rmSync(dataDir, { recursive: true, force: true });
  });

  const leasePath = () => join(dataDir, 'gateway.lease.json');

  function launch(): Worker {
    const worker = new Worker(gatewayFile, { workerData: { dataDir, version: '1.0.0', settings } });
    workers.push(worker);
    return worker;
  }

  function told(worker: Worker, type: GatewayWorkerMessage['type']): Promise<GatewayWorkerMessage> {
    return new Promise((resolve) => {
      worker.on('message', (message: GatewayWorkerMessage) => {
        if (message.type === type) resolve(message);
      });
    });
  }

  async function serving(): Promise<{ worker: Worker; lease: GatewayLease }> {
    const worker = launch();
    await told(worker, 'ready');
    return { worker, lease: parseLease(readFileSync(leasePath(), 'utf8'))! };
  }

  async function open(pipe: string): Promise<PipeConnection> {
    const connection = await PipeConnection.open(pipe, systemClock);
    connections.push(connection);
    return connection;
  }

  async function greeted(lease: GatewayLease): Promise<PipeConnection> {
    const connection = await open(lease.pipe);
    connection.listen();
    const answer = await connection.request('hello', hello(lease.token), patienceMs);
    assert.equal(answer.ok, true);
    return connection;
  }

  const hello = (token: string, version = protocolVersion) => ({ token, protocolVersion: version, version: '1.0.0' });
  const ask = (connection: PipeConnection, name: string, params: object) =>
    connection.request(name as GatewayRequestName, params, patienceMs);
  const failsWith = (code: ErrorCode) => (error: unknown) => FlmError.is(error, code);

  function client(version = '1.0.0'): GatewayClient {
    const created = new GatewayClient({
      dataDir,
      version,
      launcher: new NodeWorkerLauncher(gatewayFile),
      settings: () => settings,
      engineKeys: () => Promise.resolve({}),
      onLog: () => undefined,
      clock: systemClock,
      log: silentLogger,
    });
    clients.push(created);
    created.start();
    return created;
  }

  function until(of: GatewayClient, condition: (status: GatewayStatus) => boolean): Promise<GatewayStatus> {
    return new Promise((resolve) => {
      const check = () => {
        if (condition(of.status)) resolve(of.status);
      };
      of.onDidChangeStatus(check);
      check();
    });
  }

  it('a wrong token is refused, and the connection ends', async () => {
    const { lease } = await serving();
    const connection = await open(lease.pipe);
    connection.listen();

    const answer = await connection.request('hello', hello('wrong'), patienceMs);
    await connection.closed;

    assert.deepEqual(answer, { ok: false, cause: 'token', version: '1.0.0' });
  });

  it('nothing is answered before the token is proven', async () => {
    const { lease } = await serving();
    const connection = await open(lease.pipe);
    connection.listen();

    await assert.rejects(ask(connection, 'proxy/start', {}), failsWith('key_missing'));
  });

  it('nothing is sent before the token is proven', async () => {
    const { lease } = await serving();
    const silent = connect(lease.pipe);
    let received = 0;
    silent.on('data', (chunk) => (received += chunk.length));
    await once(silent, 'connect');
    const other = await greeted(lease);

    await ask(other, 'proxy/start', {});
    await ask(other, 'proxy/stop', {});
    silent.destroy();

    assert.equal(received, 0);
  });

  it('an unknown request is refused', async () => {
    const { lease } = await serving();

    await assert.rejects(ask(await greeted(lease), 'constructor', {}), failsWith('not_found'));
  });

  it('parameters of another shape are refused, and the connection goes on', async () => {
    const { lease } = await serving();
    const connection = await greeted(lease);

    await assert.rejects(ask(connection, 'engines/probe', { url: 7 }), failsWith('invalid_request'));
    await assert.rejects(ask(connection, 'interest/set', { visible: 'yes' }), failsWith('invalid_request'));

    assert.equal(await ask(connection, 'interest/set', { visible: true }), null);
  });

  it('a peer that announces a huge message is cut off', async () => {
    const { lease } = await serving();
    const socket = connect(lease.pipe);
    const end = closed(socket);

    socket.write('Content-Length: 999999999\r\n\r\n{');

    await end;
  });

  it('a peer that sends garbage is cut off, and others are still served', async () => {
    const { lease } = await serving();
    const socket = connect(lease.pipe);
    const end = closed(socket);

    socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    await end;

    await greeted(lease);
  });

  it('a peer that sends something that is no JSON is cut off', async () => {
    const { lease } = await serving();
    const socket = connect(lease.pipe);
    const end = closed(socket);

    socket.write('Content-Length: 4\r\n\r\n{{{{');

    await end;
  });

  it('a second worker learns that the place is taken', async () => {
    await serving();

    await told(launch(), 'taken');
  });

  it('an equal configuration is no change, another one moves the proxy', async () => {
    const { lease } = await serving();
    const connection = await greeted(lease);
    const before = await connection.request('proxy/start', {}, patienceMs);

    await connection.request('config/set', { settings }, patienceMs);
    const same = await connection.request('proxy/start', {}, patienceMs);
    const problems = await connection.request('config/set', { settings: { 'proxy.port': 'x' } }, patienceMs);

    assert.equal(same.startedAt, before.startedAt);
    assert.equal(problems[0]?.key, 'flm.proxy.port');
  });

  it('the demo engine appears among the engines and goes again', async () => {
    const { lease } = await serving();
    const connection = await greeted(lease);

    const { baseUrl } = await connection.request('demo/start', {}, patienceMs);
    const running = await connection.request('engines/refresh', {}, patienceMs);
    await connection.request('demo/stop', {}, patienceMs);
    const stopped = await connection.request('engines/refresh', {}, patienceMs);

    assert.equal(running.engines.find((engine) => engine.baseUrl === baseUrl)?.source, 'demo');
    assert.equal(
      stopped.engines.some((engine) => engine.baseUrl === baseUrl),
      false,
    );
  });

  it('diagnosis follows the demo engine from engine to answered test request', async () => {
    const { lease } = await serving();
    const connection = await greeted(lease);
    await connection.request('demo/start', {}, patienceMs);
    await connection.request('engines/refresh', {}, patienceMs);
    await connection.request('proxy/start', {}, patienceMs);

    const steps = await connection.request('diagnose', {}, 40_000);

    assert.deepEqual(
      steps.map(({ step, ok, finding }) => [step, ok, finding.code]),
      [
        ['gateway', true, 'gateway.ok'],
        ['engines', true, 'engines.ok'],
        ['models', true, 'models.ok'],
        ['proxy', true, 'proxy.ok'],
        ['keys', true, 'keys.none'],
        ['exposure', true, 'exposure.machine'],
        ['storage', true, 'storage.ok'],
        ['client', true, 'client.ok'],
      ],
    );
  });

  it('a gateway of an older protocol makes room for a newer window', async () => {
    const { worker, lease } = await serving();
    const closed = told(worker, 'closed');
    const connection = await open(lease.pipe);
    connection.listen();

    const params = { token: lease.token, version: '9.0.0', protocolVersion: protocolVersion + 1 };
    assert.equal(await connection.request('yield', params, patienceMs), null);

    assert.deepEqual(await closed, { type: 'closed', cause: 'yield' });
    assert.throws(() => readFileSync(leasePath()), { code: 'ENOENT' });
  });

  it('a gateway does not make room for a wrong token or an equal version', async () => {
    const { lease } = await serving();
    const connection = await open(lease.pipe);
    connection.listen();

    await assert.rejects(ask(connection, 'yield', { token: 'wrong', version: '9' }), failsWith('key_invalid'));
    const equal = { token: lease.token, version: '1.0.0', protocolVersion };
    await assert.rejects(ask(connection, 'yield', equal), failsWith('version_mismatch'));
  });

  it('hello from another protocol version says which side is newer', async () => {
    const { lease } = await serving();
    const connection = await open(lease.pipe);
    connection.listen();

    const older = await connection.request('hello', hello(lease.token, protocolVersion - 1), patienceMs);
    const newer = await connection.request('hello', hello(lease.token, protocolVersion + 1), patienceMs);

    assert.deepEqual(
      [older, newer],
      [
        { ok: false, cause: 'newer-gateway', version: '1.0.0' },
        { ok: false, cause: 'older-gateway', version: '1.0.0' },
      ],
    );
  });

  it('a window older than the gateway says so, and joins once a gateway of its version serves', async () => {
    const { worker, lease } = await serving();
    writeFileSync(leasePath(), JSON.stringify({ ...lease, protocolVersion: protocolVersion + 1, version: '9.9.9' }));

    const older = client();
    const status = await until(older, ({ phase }) => phase === 'incompatible');
    await assert.rejects(older.request('proxy/start', {}), failsWith('version_mismatch'));
    worker.postMessage({ type: 'stop' });
    await until(older, ({ phase }) => phase === 'connected');

    assert.deepEqual(status.reason, { code: 'gateway.versionNewer', args: ['9.9.9'] });
  });

  it('a window newer than the gateway asks it to make room and serves itself', async () => {
    const { worker, lease } = await serving();
    const asked = told(worker, 'closed');
    writeFileSync(leasePath(), JSON.stringify({ ...lease, protocolVersion: protocolVersion - 1 }));
    // The gateway is of our version in truth and refuses; an older one, which knows no protocolVersion, obeys.
    const connection = await open(lease.pipe);
    connection.listen();
    await connection.request('yield', { token: lease.token, version: '2.0.0' }, patienceMs);

    const newer = client('2.0.0');
    await until(newer, ({ phase }) => phase === 'connected');

    assert.deepEqual(await asked, { type: 'closed', cause: 'yield' });
    assert.equal(parseLease(readFileSync(leasePath(), 'utf8'))?.version, '2.0.0');
  });

  it('a worker that crashes is replaced, and the reason is shown meanwhile', async () => {
    const launched: { terminate(): Promise<unknown> }[] = [];
    const real = new NodeWorkerLauncher(gatewayFile);
    const window = new GatewayClient({
      dataDir,
      version: '1.0.0',
      launcher: {
        launch: (data, events) => {
          const worker = real.launch(data, events);
          launched.push(worker);
          return worker;
        },
      },
      settings: () => settings,
      engineKeys: () => Promise.resolve({}),
      onLog: () => undefined,
      clock: systemClock,
      log: silentLogger,
    });
    clients.push(window);
    window.start();
    await until(window, ({ phase }) => phase === 'connected');
    const { port } = await window.request('proxy/start', {});

    await launched[0]!.terminate();
    const meanwhile = await until(window, ({ phase, reason }) => phase === 'connecting' && reason !== undefined);
    const after = await until(window, ({ phase, state }) => phase === 'connected' && state?.proxy.phase === 'on');

    assert.equal(meanwhile.reason?.code, 'gateway.crashed');
    assert.equal(after.state?.proxy.port, port);
    assert.equal(launched.length, 2);
  });

  it('a gateway that cannot start is named as the reason', async () => {
    const window = new GatewayClient({
      dataDir,
      version: '1.0.0',
      launcher: new NodeWorkerLauncher(join(dataDir, 'missing.js')),
      settings: () => settings,
      engineKeys: () => Promise.resolve({}),
      onLog: () => undefined,
      clock: systemClock,
      log: silentLogger,
    });
    clients.push(window);
    window.start();

    const status = await until(window, ({ phase }) => phase === 'failed');

    assert.equal(status.reason?.code, 'gateway.crashed');
    assert.match(String(status.reason.args[0]), /missing\.js/);
  });
});

/** Resolves when the connection is gone, in order or not. */
function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    socket.on('error', () => undefined).once('close', () => resolve());
  });
}

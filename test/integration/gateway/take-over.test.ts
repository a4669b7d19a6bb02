import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../../scripts/lib/free-port';
import { parseLease } from '../../../src/protocol/gateway-lease';
import { builtGateway } from './built-gateway';
import { Window } from './window';

/** VS Code gives extensions 5 s to deactivate, then ends their host. */
const deactivateMs = 5_000;

describe('windows sharing a gateway', function () {
  this.timeout(60_000);
  let dataDir: string;
  let settings: object;
  let windows: Window[] = [];

  before(async () => {
    await builtGateway();
  });
  beforeEach(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'flm-windows-'));
    settings = { 'engines.detect': false, 'proxy.port': await freePort() };
  });
  afterEach(async () => {
    for (const window of windows) await window.kill();
    const unhandled = windows.flatMap(({ lines }) => lines.filter(({ type }) => type === 'unhandled'));
    windows = [];
    rmSync(dataDir, { recursive: true, force: true });
    assert.deepEqual(unhandled, []);
  });

  async function open(count: number): Promise<Window[]> {
    const opened = await Promise.all(Array.from({ length: count }, () => Window.open(dataDir, settings)));
    windows.push(...opened);
    return opened;
  }

  async function openConnected(count: number): Promise<[Window, ...Window[]]> {
    const opened = await open(count);
    await Promise.all(opened.map((window) => window.connected()));
    return opened as [Window, ...Window[]];
  }

  function ownerOf(opened: readonly Window[]): Window {
    const { pid } = opened[0]!.status!.state!;
    const owner = opened.find((window) => window.pid === pid);
    assert.ok(owner);
    return owner;
  }

  const pidsOf = (opened: readonly Window[]) => new Set(opened.map(({ status }) => status?.state?.pid));

  it('two windows that start together share one gateway', async () => {
    const opened = await openConnected(2);

    assert.equal(pidsOf(opened).size, 1);
  });

  it('five windows that start together share one gateway', async () => {
    const opened = await openConnected(5);

    assert.equal(pidsOf(opened).size, 1);
  });

  it('the lease and its folder are readable by their owner only', async function () {
    if (process.platform === 'win32') this.skip();

    await openConnected(1);

    assert.equal(statSync(join(dataDir, 'gateway.lease.json')).mode & 0o777, 0o600);
    assert.equal(statSync(dataDir).mode & 0o777, 0o700);
  });

  it('when the owner is killed another window serves the same port', async () => {
    const opened = await openConnected(3);
    const owner = ownerOf(opened);
    const before = await owner.request('proxy/start', {});
    await Promise.all(opened.map((window) => window.until(({ state }) => state?.proxy.phase === 'on')));

    await owner.kill();
    const others = opened.filter((window) => window !== owner);
    const after = await Promise.all(
      others.map((window) =>
        window.until(({ state, phase }) => {
          return phase === 'connected' && state?.pid !== owner.pid && state?.proxy.phase === 'on';
        }),
      ),
    );

    assert.deepEqual(new Set(after.map(({ state }) => state?.proxy.port)), new Set([before.port]));
    assert.equal(pidsOf(others).size, 1);
    const health = await fetch(`http://127.0.0.1:${before.port}/health`);
    assert.equal(health.headers.has('x-flm-gateway'), true);
  });

  it('when the owner closes in order another window serves the same port', async () => {
    const opened = await openConnected(2);
    const owner = ownerOf(opened);
    const other = opened.find((window) => window !== owner)!;
    const { port } = await other.request('proxy/start', {});

    const tookMs = await owner.close();
    const after = await other.until(({ phase, state }) => {
      return phase === 'connected' && state?.pid === other.pid && state.proxy.phase === 'on';
    });

    assert.equal(after.state?.proxy.port, port);
    assert.ok(tookMs < deactivateMs, `closing took ${tookMs} ms`);
  });

  it('a proxy that was switched off stays off after a take-over', async () => {
    const opened = await openConnected(2);
    const owner = ownerOf(opened);
    const other = opened.find((window) => window !== owner)!;
    await other.request('proxy/start', {});
    await other.request('proxy/stop', {});

    await owner.kill();
    const after = await other.until(({ phase, state }) => phase === 'connected' && state?.pid === other.pid);

    assert.equal(after.state?.proxy.phase, 'off');
  });

  it('a window that reloads finds its proxy again on the same port', async () => {
    const [first] = await openConnected(1);
    const { port } = await first.request('proxy/start', {});
    await first.close();

    const [second] = await openConnected(1);
    const status = await second.until(({ state }) => state?.proxy.phase === 'on');

    assert.equal(status.state?.proxy.port, port);
  });

  it('what was switched on long ago does not come back by itself', async () => {
    const [first] = await openConnected(1);
    await first.request('proxy/start', {});
    await first.close();
    const longAgo = new Date(Date.now() - 3_600_000);
    utimesSync(join(dataDir, 'gateway.state.json'), longAgo, longAgo);

    const [second] = await openConnected(1);
    await second.request('engines/refresh', {});

    assert.equal(second.status?.state?.proxy.phase, 'off');
  });

  for (const [what, content] of [
    ['corrupt', '\u0000\u0001{{{'],
    ['truncated', '{"pipe":"/tmp/x.sock","tok'],
    ['empty', ''],
  ] as const) {
    it(`a ${what} lease is replaced`, async () => {
      writeFileSync(join(dataDir, 'gateway.lease.json'), content);

      const opened = await openConnected(2);

      assert.equal(pidsOf(opened).size, 1);
      assert.ok(parseLease(readFileSync(join(dataDir, 'gateway.lease.json'), 'utf8')));
    });
  }

  it('the lease of a dead owner is replaced though its pid lives again as another process', async () => {
    const [first] = await openConnected(1);
    await first.kill();
    const path = join(dataDir, 'gateway.lease.json');
    const dead = JSON.parse(readFileSync(path, 'utf8')) as object;
    writeFileSync(path, JSON.stringify({ ...dead, pid: process.pid }));

    const [second] = await openConnected(1);

    assert.equal(second.status?.state?.pid, second.pid);
  });

  it('a lease deleted under a living gateway is written again', async () => {
    const [first] = await openConnected(1);
    const path = join(dataDir, 'gateway.lease.json');
    rmSync(path);

    const [second] = await openConnected(1).catch(() => [undefined]);
    await first.connected();

    // Either the gateway was faster, or the new one took over and the first stepped down: there is one in the end.
    const pid = parseLease(readFileSync(path, 'utf8'))?.pid;
    await Promise.all(
      [first, second!].map((window) => window.until(({ phase, state }) => phase === 'connected' && state?.pid === pid)),
    );
  });
});

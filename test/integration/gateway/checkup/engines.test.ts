import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtemp, rm, writeFile, chmod } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EngineKind } from '../../../../src/core/engine';
import type { MachineAddress } from '../../../../src/core/exposure';
import type { Check, CheckupFacts } from '../../../../src/gateway/checkup/check';
import { CheckClient, maxConcurrentProbes } from '../../../../src/gateway/checkup/check-http';
import { engineCors } from '../../../../src/gateway/checkup/checks/engine-cors';
import { engineOpen } from '../../../../src/gateway/checkup/checks/engine-open';
import { engineRebinding } from '../../../../src/gateway/checkup/checks/engine-rebinding';
import { nodeFilePermissions } from '../../../../src/gateway/checkup/file-permissions';
import { systemClock } from '../../../../src/core/clock';
import { startLlamaServer } from '../../../helpers/engines/llama-server';
import { startLmStudio } from '../../../helpers/engines/lmstudio';
import { startOllama } from '../../../helpers/engines/ollama';
import { startVllm } from '../../../helpers/engines/vllm';
import { makeEngine, makeFacts } from '../../../unit/gateway/checkup/checkup-fixture';

/** Stands for an address beyond loopback: real sockets stay on this machine. */
const loopback6: MachineAddress = {
  address: '::1',
  family: 6,
  interfaceName: 'eth0',
  range: 'fd00::/64',
  kind: 'private',
};
const loopback4: MachineAddress = { ...loopback6, address: '127.0.0.1', family: 4 };

async function findings(check: Check, kind: EngineKind, baseUrl: string, facts: Partial<CheckupFacts> = {}) {
  const tools = { http: new CheckClient(), files: nodeFilePermissions, clock: systemClock };
  const engines = [makeEngine({ kind, baseUrl, id: kind, name: kind })];
  const outcome = await check.run(makeFacts({ engines, ...facts }), tools, new AbortController().signal);
  return outcome.findings.map(({ check: id, what }) => `${id} ${what.args[1] ?? ''}`);
}

const running: { stop(): Promise<void> }[] = [];
const keep = <T extends { stop(): Promise<void> }>(engine: T): T => {
  running.push(engine);
  return engine;
};

describe('the check-up against engines', () => {
  afterEach(() => Promise.all(running.splice(0).map((engine) => engine.stop())));

  it('finds each kind of engine where it listens without a key, and not where a key is needed', async () => {
    const open = [
      ['ollama', keep(await startOllama()).url],
      ['llamacpp', keep(await startLlamaServer()).url],
      ['vllm', keep(await startVllm()).url],
      ['lmstudio', keep(await startLmStudio()).url],
    ] as const;
    for (const [kind, url] of open) {
      const found = await findings(engineOpen, kind, url, { addresses: [loopback4] });
      assert.deepEqual(found, ['engine-open 127.0.0.1'], kind);
    }
    const guarded = [
      ['llamacpp', keep(await startLlamaServer({ apiKey: 'k', hasOpenModels: true })).url],
      ['vllm', keep(await startVllm({ apiKey: 'k' })).url],
      ['lmstudio', keep(await startLmStudio({ apiKey: 'k' })).url],
    ] as const;
    for (const [kind, url] of guarded) {
      assert.deepEqual(await findings(engineOpen, kind, url, { addresses: [loopback4] }), [], kind);
    }
  });

  it('does not find an engine on an address on which it does not listen', async () => {
    const { url } = keep(await startOllama());

    assert.deepEqual(await findings(engineOpen, 'ollama', url, { addresses: [loopback6] }), []);
  });

  it('knows which engines answer under any host name', async () => {
    const checked = keep(await startOllama());
    const unchecked = keep(await startOllama({ checksHost: false }));
    const llama = keep(await startLlamaServer());

    assert.deepEqual(await findings(engineRebinding, 'ollama', checked.url), []);
    assert.deepEqual(await findings(engineRebinding, 'ollama', unchecked.url), [`engine-rebinding ${unchecked.url}`]);
    assert.deepEqual(await findings(engineRebinding, 'llamacpp', llama.url), [`engine-rebinding ${llama.url}`]);
  });

  it('knows which engines let every web page read', async () => {
    const ollama = keep(await startOllama());
    const llama = keep(await startLlamaServer());
    const locked = keep(await startLlamaServer({ apiKey: 'k' }));
    const cors = keep(await startVllm({ headers: { 'Access-Control-Allow-Origin': '*' } }));

    assert.deepEqual(await findings(engineCors, 'ollama', ollama.url), []);
    assert.deepEqual(await findings(engineCors, 'llamacpp', llama.url), [`engine-cors ${llama.url}`]);
    assert.deepEqual(await findings(engineCors, 'llamacpp', locked.url), []);
    assert.deepEqual(await findings(engineCors, 'vllm', cors.url), [`engine-cors ${cors.url}`]);
  });
});

describe('probes of the check-up', () => {
  it('are so many at once and no more', async () => {
    let now = 0;
    let most = 0;
    const server = createServer((_, response) => {
      now += 1;
      most = Math.max(most, now);
      setImmediate(() => {
        now -= 1;
        response.end('{}');
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const client = new CheckClient();
    const { signal } = new AbortController();

    const replies = await Promise.all(Array.from({ length: 40 }, () => client.send({ url }, signal)));
    await new Promise((resolve) => server.close(resolve));

    assert.ok(replies.every((reply) => reply?.status === 200));
    assert.ok(most <= maxConcurrentProbes);
  });

  it('end at once when the check-up is cancelled', async () => {
    const server = createServer(() => undefined);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const abort = new AbortController();
    const arrived = new Promise((resolve) => server.once('request', resolve));
    const waiting = new CheckClient().send({ url }, abort.signal);
    await arrived;
    abort.abort();

    assert.equal(await waiting, undefined);
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  it('have no answer where nothing listens, and take no more of one than they need', async () => {
    const server = createServer((_, response) => response.end('x'.repeat(2 * 1024 * 1024)));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const { signal } = new AbortController();
    const reply = await new CheckClient().send({ url }, signal);
    await new Promise((resolve) => server.close(resolve));

    assert.ok((reply?.body.length ?? Infinity) < 512 * 1024);
    assert.equal(await new CheckClient().send({ url }, signal), undefined);
    assert.equal(await new CheckClient().send({ url: 'http://[' }, signal), undefined);
  });
});

describe('rights of files', () => {
  it('are read as the system has them', async function () {
    if (process.platform === 'win32') this.skip();
    const folder = await mkdtemp(join(tmpdir(), 'flm-checkup-'));
    const file = join(folder, 'key.pem');
    await writeFile(file, '');
    await chmod(file, 0o640);

    assert.equal(await nodeFilePermissions.mode(file), 0o640);
    assert.equal(await nodeFilePermissions.mode(join(folder, 'none')), undefined);
    await rm(folder, { recursive: true });
  });
});

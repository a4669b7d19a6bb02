import assert from 'node:assert/strict';
import { chmodSync } from 'node:fs';
import type { AuditEvent } from '../../../src/core/audit';
import { startLlamaServer, type LlamaServerSimulator } from '../../helpers/engines/llama-server';
import { HeadlessGateway } from '../../helpers/headless-gateway';
import { builtGateway } from '../gateway/built-gateway';

describe('the check-up of a gateway', function () {
  this.timeout(60_000);
  let engine: LlamaServerSimulator;
  let gateway: HeadlessGateway;

  before(async () => {
    await builtGateway();
    engine = await startLlamaServer();
    gateway = await HeadlessGateway.start({
      settings: { 'engines.addresses': [{ url: engine.url, id: 'llama', kind: 'llamacpp' }] },
    });
    await gateway.until('the engine answers', async () => {
      const { engines } = await gateway.request('engines/refresh', {});
      return engines.some(({ models }) => models.length > 0) ? true : undefined;
    });
  });
  after(async () => {
    await gateway.dispose();
    await engine.stop();
  });

  const checks = async () => (await gateway.request('checkup/run', {})).findings.map(({ check }) => check);

  it('finds what an engine lets every web page do, and nothing of what is in order', async () => {
    const found = await checks();

    assert.ok(found.includes('engine-cors'));
    assert.ok(found.includes('engine-rebinding'));
    assert.ok(!found.includes('engine-open')); // it listens on 127.0.0.1 only
    assert.ok(!found.includes('key-file-readable'));
    assert.ok(!found.includes('tunnel'));
    assert.ok(!found.includes('exposed-plain-http'));
  });

  it('notices a tunnel by the requests that came through it, and trust in too many proxies', async () => {
    await fetch(`${gateway.url}/v1/models`, { headers: { 'x-forwarded-for': '203.0.113.9' } });
    const { policy } = await gateway.request('policy/get', {});
    await gateway.request('policy/set', { policy: { ...(policy as object), trustedProxies: ['10.0.0.0/8'] } });

    const found = await checks();

    assert.ok(found.includes('tunnel'));
    assert.ok(found.includes('trusted-proxies-wide'));
  });

  it('tells the windows of its report, and once of a grave finding', async function () {
    if (process.platform === 'win32') this.skip();
    chmodSync(gateway.dataDir, 0o755);
    await checks();
    await checks();
    chmodSync(gateway.dataDir, 0o700);

    const tellsOfFolder = ({ kind, rule }: AuditEvent) => kind === 'checkup.finding' && rule === 'key-file-readable';
    const event = await gateway.until('the finding is told', () => gateway.events.find(tellsOfFolder));
    const report = await gateway.until('the state has the report', () => {
      const { checkup } = gateway.sharings.at(-1) ?? {};
      return checkup?.findings.some(({ check }) => check === 'key-file-readable') ? checkup : undefined;
    });

    assert.equal(event.severity, 'high');
    assert.equal(gateway.events.filter(tellsOfFolder).length, 1);
    assert.equal(report.findings[0]?.severity, 'high');
  });

  it('has nothing to cancel when none runs', async () => {
    assert.equal(await gateway.request('checkup/cancel', {}), null);
  });
});

import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../../../src/core/clock';
import { FlmError } from '../../../src/core/errors';
import { silentLogger } from '../../../src/core/logger';
import { reasonText } from '../../../src/core/reason';
import { Storage } from '../../../src/storage/storage';
import { startOpenAiCompatible, type OpenAiCompatibleSimulator } from '../../helpers/engines/openai-compatible';
import { chat, HeadlessGateway } from '../../helpers/headless-gateway';
import { builtGateway } from '../gateway/built-gateway';
import { HeadlessProcess } from '../gateway/headless-process';

const chatPath = '/v1/chat/completions';
const storageFailed = (error: unknown) => FlmError.is(error, 'storage_failed');

describe('a gateway in trouble with its storage', function () {
  this.timeout(60_000);
  let engine: OpenAiCompatibleSimulator;
  let gateway: HeadlessGateway;

  before(async () => {
    await builtGateway();
    engine = await startOpenAiCompatible();
  });
  after(() => engine.stop());
  beforeEach(() => {
    gateway = HeadlessGateway.prepare({ engineUrl: engine.url, settings: { 'proxy.exposure': 'all' } });
    mkdirSync(gateway.dataDir, { mode: 0o700 });
  });
  afterEach(() => gateway.dispose());

  const storagePath = () => join(gateway.dataDir, 'storage');

  it('a second one on the same folder is refused, and the first goes on', async () => {
    await gateway.run();
    const { key } = await gateway.createKey('mine');

    const second = await HeadlessProcess.start(gateway.arguments);
    const code = await second.ended();

    assert.equal(code, 4);
    assert.match(second.stderr, new RegExp(`Another gateway already uses .*: process ${gateway.line.pid}`));
    assert.equal((await gateway.request('keys/list', {}))[0]?.id, key.id);
    assert.equal((await gateway.request('audit/verify', { archives: true })).ok, true);
  });

  describe('that cannot be opened', () => {
    beforeEach(async () => {
      writeFileSync(storagePath(), 'not a folder');
      await gateway.run();
    });

    it('serves this machine, says why nothing is remembered, and lets nobody else in', async () => {
      const { storage } = gateway.summaries.at(-1) ?? {};
      assert.ok(storage?.kind === 'degraded', storage?.kind);
      assert.match(reasonText(storage.reason), /The storage could not be opened: .* Nothing is remembered/);

      assert.deepEqual(gateway.line.exposed, []);
      assert.equal((await gateway.call(chatPath, { body: chat() })).status, 200);
      assert.equal((await gateway.call(chatPath, { body: chat(), from: '203.0.113.4' })).error.code, 'key_missing');
      assert.equal((await gateway.call('/v1/models', { key: 'flm-some' })).error.code, 'key_invalid');
    });

    it('makes no key and answers no question about records', async () => {
      await assert.rejects(gateway.createKey('never'), storageFailed);
      await assert.rejects(gateway.request('audit/query', {}), storageFailed);
      await assert.rejects(gateway.request('audit/verify', { archives: true }), storageFailed);
      await assert.rejects(
        gateway.request('audit/export', { what: 'audit', format: 'json', path: join(gateway.folder, 'x.json') }),
        storageFailed,
      );
      assert.deepEqual(await gateway.request('keys/list', {}), []);
    });

    it('blocks and keeps to a policy until it ends', async () => {
      await gateway.setPolicy({ mode: 'enforce', trustedProxies: ['127.0.0.1'] });
      await assert.rejects(gateway.request('blocks/add', { range: '203.0.113.9' }), storageFailed);

      const answer = await gateway.call('/v1/models', { from: '203.0.113.9' });

      assert.equal(answer.error.code, 'address_blocked');
    });

    it('stops in order', async () => {
      await gateway.stop();

      assert.match(gateway.log, /Stopped\./);
      assert.doesNotMatch(gateway.log, /in time|could not be closed/);
    });
  });

  it('that another process holds: waits for it, then serves this machine and names the process', async () => {
    const holder = new Storage({ folder: storagePath(), clock: systemClock, logger: silentLogger });
    await holder.start();
    try {
      await gateway.run();

      const { storage } = gateway.summaries.at(-1) ?? {};
      assert.ok(storage?.kind === 'degraded');
      assert.match(reasonText(storage.reason), new RegExp(`Process ${process.pid} is using`));
      assert.equal((await gateway.call(chatPath, { body: chat() })).status, 200);
      await assert.rejects(gateway.createKey('never'), storageFailed);
    } finally {
      await holder.stop();
    }
  });
});

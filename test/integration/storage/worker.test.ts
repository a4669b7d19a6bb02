import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { systemClock } from '../../../src/core/clock';
import { FlmError } from '../../../src/core/errors';
import { silentLogger } from '../../../src/core/logger';
import type { RunningHost } from '../../../src/storage/database-host-api';
import { Storage } from '../../../src/storage/storage';
import { startWorkerHost } from '../../../src/storage/worker-host';

describe('storage with its worker', function () {
  this.timeout(60_000);
  let folder: string;
  beforeEach(() => {
    folder = join(mkdtempSync(join(tmpdir(), 'flm-worker-')), 'data');
  });
  afterEach(() => rmSync(join(folder, '..'), { recursive: true, force: true }));

  const create = (startHost: () => RunningHost) =>
    new Storage({ folder, clock: systemClock, logger: silentLogger, startHost });
  const record = (storage: Storage, evidence: string) =>
    storage.record({ kind: 'auth.failure', severity: 'low', at: Date.now(), evidence });

  it('keeps everything the user stores to the user', async function () {
    if (process.platform === 'win32') this.skip();
    const storage = create(startWorkerHost);
    await storage.start();
    record(storage, 'x');
    await storage.flushed();
    await storage.saveNow();
    await storage.export({ what: 'audit', format: 'csv', path: join(folder, 'out.csv') });

    assert.equal(statSync(folder).mode & 0o777, 0o700);
    for (const name of ['flm.db', 'audit.secret', 'audit.anchor', 'storage.lock', 'out.csv']) {
      assert.equal(statSync(join(folder, name)).mode & 0o777, 0o600, name);
    }
    await storage.stop();
  });

  it('goes on with a new worker when the worker dies, and loses nothing', async () => {
    let worker: Worker | undefined;
    const remember = (started: Worker) => (worker ??= started);
    process.on('worker', remember);
    const storage = create(startWorkerHost);
    await storage.start();
    process.off('worker', remember);
    record(storage, 'before');
    await storage.flushed();

    await worker?.terminate();
    record(storage, 'meanwhile');
    await storage.flushed();

    let rows: readonly (string | undefined)[] = [];
    for (let attempt = 0; attempt < 200 && rows.length < 2; attempt++) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      rows = await storage.queryAudit({}).then(
        (page) => page.rows.map((row) => row.evidence),
        () => [],
      );
    }
    assert.deepEqual([...rows].reverse(), ['before', 'meanwhile']);
    assert.equal(storage.state.kind, 'ok');
    assert.equal((await storage.verify()).ok, true);
    await storage.stop();
  });

  it('works on the caller’s thread when no worker can be started', async () => {
    const storage = create(() => {
      throw new Error('no threads here');
    });
    await storage.start();
    record(storage, 'x');

    assert.equal((await storage.queryAudit({})).rows.length, 1);
    await storage.stop();
  });

  it('tells what the system said when the worker cannot save, and saves when it can again', async () => {
    const storage = create(startWorkerHost);
    await storage.start();
    const inTheWay = join(folder, 'flm.db.tmp', 'x');
    mkdirSync(inTheWay, { recursive: true });
    record(storage, 'x');

    assert.equal(await storage.saveNow(), false);
    const { state } = storage;
    rmSync(join(folder, 'flm.db.tmp'), { recursive: true });
    assert.equal(await storage.saveNow(), true);

    assert.ok(state.kind === 'degraded');
    assert.match(String(state.reason.args[1]), /^E[A-Z]+$/);
    assert.equal(storage.state.kind, 'ok');
    await storage.stop();
  });

  it('refuses a second storage in the same process', async () => {
    const first = create(startWorkerHost);
    await first.start();

    await assert.rejects(create(startWorkerHost).start(), (error) => FlmError.is(error, 'storage_failed'));

    await first.stop();
  });
});

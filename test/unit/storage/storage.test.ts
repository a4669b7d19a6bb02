import assert from 'node:assert/strict';
import { join } from 'node:path';
import { FlmError } from '../../../src/core/errors';
import { allRows, folder, makeEvent, makeKey, makeRecord, openStorage } from './support/open-storage';

const database = join(folder, 'flm.db');

describe('storage', () => {
  it('finds after a restart what was recorded before', async () => {
    const first = await openStorage();
    first.storage.record(makeEvent({ evidence: 'seen' }));
    first.storage.recordAccess(makeRecord({ identity: { type: 'key', keyId: 'k1', label: 'laptop' }, tokensOut: 7 }));
    await first.storage.keys.put(makeKey('abc'), 'key.created');
    await first.storage.blocks.putBlock({
      range: '10.0.0.1',
      source: 'auto',
      rule: 'r',
      reason: 'x',
      createdAt: 1,
      strikes: 0,
    });
    await first.storage.blocks.putAllowed({ range: '10.0.0.2', createdAt: 1 });
    await first.storage.documents.put('policy', { mode: 'enforce' });
    await first.storage.stop();

    const { storage } = await openStorage(first.fs.disk);

    assert.deepEqual(
      (await allRows(storage)).map((row) => row.kind),
      ['auth.failure', 'key.created'],
    );
    assert.equal((await storage.queryAccess({})).rows[0]?.tokensOut, 7);
    assert.equal(storage.keys.get('abc')?.label, 'abc');
    assert.equal(storage.blocks.loadBlocks()[0]?.range, '10.0.0.1');
    assert.equal(storage.blocks.loadAllowed()[0]?.range, '10.0.0.2');
    assert.deepEqual(storage.documents.get('policy')?.value, { mode: 'enforce' });
    assert.equal(storage.usage[0]?.tokens, 7);
    await storage.stop();
  });

  it('counts for each key the requests that got a slot, the refused ones apart, over a kill', async () => {
    const first = await openStorage();
    const identity = { type: 'key', keyId: 'abc', label: 'tablet' } as const;
    first.storage.recordAccess(makeRecord({ identity, queueMs: 0, tokensOut: 7 }));
    first.storage.recordAccess(makeRecord({ identity, outcome: 'refused' }));
    first.storage.recordAccess(makeRecord({ identity })); // a list of models
    await first.storage.flushed();
    first.fs.kill();

    const { storage } = await openStorage(first.fs.disk);

    const [total] = storage.totals;
    assert.deepEqual([total?.keyId, total?.requests, total?.refused, total?.tokens], ['abc', 1, 1, 7]);
    assert.equal(storage.usage[0]?.requests, 1);
    await storage.stop();
  });

  it('finds after a kill what was acknowledged, without any save', async () => {
    const first = await openStorage();
    first.storage.record(makeEvent({ evidence: 'one' }));
    await first.storage.flushed();
    await first.storage.keys.put(makeKey('abc'), 'key.created');
    first.fs.kill();

    const { storage } = await openStorage(first.fs.disk);

    assert.equal((await allRows(storage)).length, 2);
    assert.ok(storage.keys.get('abc'));
    assert.equal((await storage.verify()).ok, true);
  });

  it('writes a recorded row to the journal within 50 ms by itself', async () => {
    const first = await openStorage();
    first.storage.record(makeEvent());
    await first.clock.advanceAsync(50);
    first.fs.kill();

    assert.equal((await allRows((await openStorage(first.fs.disk)).storage)).length, 1);
  });

  it('keeps a revoked key revoked and a removed block removed', async () => {
    const first = await openStorage();
    await first.storage.keys.put(makeKey('abc'), 'key.created');
    await first.storage.keys.put({ ...makeKey('abc'), revokedAt: 5 }, 'key.revoked');
    await first.storage.blocks.putBlock({
      range: '10.0.0.1',
      source: 'auto',
      rule: 'r',
      reason: 'x',
      createdAt: 1,
      strikes: 0,
    });
    await first.storage.saveNow();
    await first.storage.blocks.removeBlock('10.0.0.1');
    first.fs.kill();

    const { storage } = await openStorage(first.fs.disk);

    assert.equal(storage.keys.get('abc')?.revokedAt, 5);
    assert.deepEqual(storage.blocks.loadBlocks(), []);
  });

  it('remembers when a key was last used', async () => {
    const first = await openStorage();
    await first.storage.keys.put(makeKey('abc'), 'key.created');
    first.storage.keys.touch('abc', 123_456);
    await first.storage.stop();

    assert.equal((await openStorage(first.fs.disk)).storage.keys.get('abc')?.lastUsedAt, 123_456);
  });

  it('saves after five quiet seconds', async () => {
    const { storage, fs, clock } = await openStorage();
    storage.record(makeEvent());

    await clock.advanceAsync(4_000, 50);
    assert.equal(fs.disk.read(database), undefined);
    await clock.advanceAsync(2_000, 50);

    assert.ok(fs.disk.read(database));
  });

  it('saves after thirty seconds although it never gets quiet', async () => {
    const { storage, fs, clock } = await openStorage();

    for (let second = 0; second < 31; second++) {
      storage.record(makeEvent());
      await clock.advanceAsync(1_000, 500);
    }

    assert.ok(fs.disk.read(database));
  });

  it('keeps the journal as far back as the backup needs it, and no further', async () => {
    const { storage, fs } = await openStorage();
    for (let round = 0; round < 6; round++) {
      storage.record(makeEvent());
      await storage.saveNow();
    }

    assert.ok(fs.disk.find(/^journal-/).length <= 3);
  });

  it('shows the engines of the last run', async () => {
    const first = await openStorage();
    await first.storage.saveEngines([]);
    await first.storage.stop();

    assert.deepEqual((await openStorage(first.fs.disk)).storage.engines, { engines: [], savedAt: first.clock.now() });
  });

  it('refuses a second process, and names the first', async () => {
    const first = await openStorage();

    await assert.rejects(
      openStorage(first.fs.disk),
      (error) => FlmError.is(error, 'storage_failed') && /Process \d+/.test(error.message),
    );
  });

  it('lets the next process in after a clean end and after a kill', async () => {
    const first = await openStorage();
    await first.storage.stop();
    const second = await openStorage(first.fs.disk);
    second.fs.kill();

    await (await openStorage(first.fs.disk)).storage.stop();
  });

  it('writes nothing more once another process took the folder over', async () => {
    const first = await openStorage();
    first.storage.record(makeEvent());
    await first.storage.flushed();
    for (const path of first.fs.disk.find(/storage\.lock$/)) first.fs.disk.put(path, Buffer.from('{"token":"other"}'));

    await first.clock.advanceAsync(2_000);
    const before = first.fs.disk.read(database);
    await first.storage.saveNow();

    assert.equal(first.storage.state.kind, 'read-only');
    assert.equal(first.fs.disk.read(database), before);
    await assert.rejects(first.storage.keys.put(makeKey('abc'), 'key.created'));
  });

  it('opens what a newer FLM wrote read-only, and says which versions', async () => {
    const first = await openStorage();
    await first.storage.keys.put(makeKey('abc'), 'key.created');
    await first.storage.stop();
    const { startLocalHost } = await import('../../../src/storage/local-host');
    const { migrations } = await import('../../../src/storage/migrations');
    const older = migrations.slice(0, 1);
    const before = first.fs.disk.read(database);

    const second = await openStorage(first.fs.disk, {}, undefined);
    await second.storage.stop();
    const fsOf = second.fs;
    const third = await openStorage(first.fs.disk, { startHost: () => startLocalHost(fsOf, older) });
    third.storage.record(makeEvent());
    await third.storage.stop();

    assert.deepEqual(third.storage.state.kind, 'read-only');
    assert.ok(third.storage.keys.get('abc'));
    assert.deepEqual(first.fs.disk.read(database), before);
  });

  it('tells of a clock that went back, and keeps counting rows', async () => {
    const { storage, clock } = await openStorage();
    storage.record(makeEvent({ at: clock.now() }));
    clock.jump(-3_600_000);
    storage.record(makeEvent({ at: clock.now() }));

    const rows = await allRows(storage);

    assert.deepEqual(
      rows.map((row) => row.rule),
      [undefined, 'storage.clock', undefined],
    );
    assert.equal((await storage.verify()).ok, true);
  });

  it('goes on over a clock that went back by a day, through saves, retention and a restart', async () => {
    const day = 86_400_000;
    const first = await openStorage();
    const { storage, clock } = first;
    const recordNow = (evidence: string) => {
      storage.record(makeEvent({ at: clock.now(), evidence }));
      storage.recordAccess(makeRecord({ at: clock.now(), requestId: evidence }));
    };
    recordNow('before');
    await clock.advanceAsync(10_000, 500);
    clock.jump(-day);
    recordNow('after');
    await clock.advanceAsync(130_000, 1_000);
    const saved = first.fs.disk.read(database);
    await storage.stop();

    const again = (await openStorage(first.fs.disk, { clock })).storage;

    assert.ok(saved);
    const rows = await allRows(again);
    assert.deepEqual(
      rows.map((row) => row.evidence),
      ['before', 'The clock went back by 86390 s.', 'after'],
    );
    assert.deepEqual(
      (await again.queryAccess({})).rows.map((row) => row.requestId),
      ['before', 'after'],
    );
    assert.equal((await again.verify()).ok, true);
    assert.equal(again.state.kind, 'ok');
  });
});

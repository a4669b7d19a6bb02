import assert from 'node:assert/strict';
import { join } from 'node:path';
import { FlmError } from '../../../src/core/errors';
import { reasonText } from '../../../src/core/reason';
import type { StorageState } from '../../../src/core/storage-state';
import { settle } from '../../helpers/fake-clock';
import { diskError } from './support/memory-file-system';
import type { MemoryFileSystem, Operation } from './support/memory-file-system';
import { allRows, folder, makeEvent, makeKey, openStorage } from './support/open-storage';

const database = join(folder, 'flm.db');

function textOf(state: StorageState): string {
  return state.kind === 'ok' ? 'ok' : reasonText(state.reason);
}

/** A folder that can be read and not written. */
function readOnly(fs: MemoryFileSystem): void {
  fs.fault = (operation: Operation) => {
    if (!['readFile', 'list', 'stat'].includes(operation)) throw diskError('EROFS');
  };
}

describe('storage on a failing disk', () => {
  const states = (storage: { onDidChangeState(listener: (state: StorageState) => void): unknown }) => {
    const seen: string[] = [];
    storage.onDidChangeState((state) => seen.push(state.kind === 'ok' ? 'ok' : `${state.kind} ${state.reason.code}`));
    return seen;
  };

  it('goes on in memory when the disk is full, says so, and catches up when there is room', async () => {
    const { storage, fs, clock } = await openStorage();
    const seen = states(storage);
    fs.tornBytes = 40;
    fs.fault = (operation) => {
      if (operation === 'write') throw diskError('ENOSPC');
    };
    storage.record(makeEvent({ evidence: 'while full' }));
    await clock.advanceAsync(2_000, 50);
    assert.deepEqual(seen, ['degraded storage.diskFull']);
    assert.ok((await allRows(storage)).some((row) => row.evidence === 'while full'));

    fs.fault = () => undefined;
    await clock.advanceAsync(40_000, 250);
    await storage.flushed();
    fs.kill();

    assert.deepEqual(seen, ['degraded storage.diskFull', 'ok']);
    const rows = await allRows((await openStorage(fs.disk)).storage);
    assert.ok(rows.some((row) => row.evidence === 'while full'));
  });

  it('does not acknowledge a key that is not on the disk, and forgets it', async () => {
    const { storage, fs } = await openStorage();
    fs.fault = (operation) => {
      if (operation === 'sync') throw diskError('EIO');
    };

    await assert.rejects(storage.keys.put(makeKey('abc'), 'key.created'), (error) =>
      FlmError.is(error, 'storage_failed'),
    );

    assert.equal(storage.keys.get('abc'), undefined);
  });

  it('keeps a revocation in force although it cannot be written', async () => {
    const { storage, fs } = await openStorage();
    await storage.keys.put(makeKey('abc'), 'key.created');
    fs.fault = (operation) => {
      if (operation === 'write') throw diskError('ENOSPC');
    };

    await assert.rejects(storage.keys.put({ ...makeKey('abc'), revokedAt: 5 }, 'key.revoked'));

    assert.equal(storage.keys.get('abc')?.revokedAt, 5);
  });

  it('works in a folder that cannot be written to, with what can be read', async () => {
    const first = await openStorage();
    await first.storage.keys.put(makeKey('abc'), 'key.created');
    await first.storage.stop();

    const { storage } = await openStorage(first.fs.disk, {}, (fs) => {
      fs.fault = (operation) => {
        if (!['readFile', 'list', 'stat'].includes(operation)) throw diskError('EROFS');
      };
    });
    storage.record(makeEvent());
    await settle();

    assert.ok(storage.keys.get('abc'));
    assert.equal(storage.state.kind, 'degraded');
    assert.equal((await allRows(storage)).length, 2);
    await storage.stop();
  });

  it('notices that the journal vanished and saves what it still knows', async () => {
    const { storage, fs, clock } = await openStorage();
    await storage.keys.put(makeKey('abc'), 'key.created');
    for (const path of fs.disk.find(/^journal-/)) fs.disk.files.delete(path);

    storage.record(makeEvent());
    await clock.advanceAsync(10_000, 50);
    fs.kill();

    const again = await openStorage(fs.disk);
    assert.ok(again.storage.keys.get('abc'));
    assert.ok((await allRows(again.storage)).some((row) => row.kind === 'auth.failure'));
  });

  it('never throws from record, whatever the disk does', async () => {
    const { storage, fs, clock } = await openStorage();
    fs.fault = () => {
      throw diskError('EIO');
    };
    for (let index = 0; index < 1_000; index++) storage.record(makeEvent());
    await clock.advanceAsync(60_000, 1_000);
    await storage.stop();
  });

  it('names the full disk and what helps, also when only the database finds no room', async () => {
    const { storage, fs } = await openStorage();
    const free = fs.fault;
    fs.fault = (operation, path) => {
      if (operation === 'write' && path.startsWith(database)) throw diskError('ENOSPC');
    };
    storage.record(makeEvent());

    assert.equal(await storage.saveNow(), false);

    assert.match(textOf(storage.state), /The disk is full\. Free some space/);
    assert.equal(fs.disk.read(database), undefined);
    fs.fault = free;
    assert.equal(await storage.saveNow(), true);
    assert.equal(storage.state.kind, 'ok');
  });

  it('names the folder that cannot be written to and what helps, however long it goes on', async () => {
    const { storage, clock } = await openStorage(undefined, {}, readOnly);
    storage.record(makeEvent());

    await clock.advanceAsync(120_000, 1_000);

    assert.match(
      textOf(storage.state),
      /The folder .*flm cannot be written to \(EROFS\)\. Give your user write access/,
    );
    assert.ok((await allRows(storage)).some((row) => row.kind === 'auth.failure'));
  });

  it('keeps everything once a folder that could not be written to can be, and trusts it at the next start', async () => {
    const first = await openStorage(undefined, {}, readOnly);
    first.storage.record(makeEvent({ evidence: 'before' }));
    await first.clock.advanceAsync(10_000, 1_000);

    first.fs.fault = () => undefined;
    await first.clock.advanceAsync(60_000, 1_000);
    first.storage.record(makeEvent({ evidence: 'after' }));
    await first.storage.flushed();
    const { state } = first.storage;
    first.fs.kill();
    const { storage } = await openStorage(first.fs.disk);

    const rows = await allRows(storage);
    assert.equal(state.kind, 'ok');
    assert.deepEqual(
      rows.flatMap((row) => row.evidence?.match(/^(before|after)$/)?.[0] ?? []),
      ['before', 'after'],
    );
    assert.deepEqual(
      rows.flatMap((row) => (row.severity === 'high' || row.severity === 'critical' ? [row.rule] : [])),
      ['storage.journal', 'storage.save'], // The first process said that it could not write
    );
    assert.equal((await storage.verify()).ok, true);
  });

  it('lets nobody else in once the folder can be written to', async () => {
    const first = await openStorage(undefined, {}, readOnly);
    first.storage.record(makeEvent());
    first.fs.fault = () => undefined;
    await first.clock.advanceAsync(10_000, 1_000);

    await assert.rejects(openStorage(first.fs.disk), (error) => FlmError.is(error, 'storage_failed'));
  });
});

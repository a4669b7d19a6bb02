import assert from 'node:assert/strict';
import { join } from 'node:path';
import { accessValues } from '../../../src/storage/access-codec';
import { Database } from '../../../src/storage/database';
import { encodeBatch, encodeEntry } from '../../../src/storage/journal-format';
import { journalPath } from '../../../src/storage/journal-files';
import { migrate, migrations } from '../../../src/storage/migrations';
import { sealOf } from '../../../src/storage/sealed-file';
import { loadSqlEngine } from '../../../src/storage/sql-engine';
import { databasePath } from '../../../src/storage/storage-files';
import { MemoryDisk } from './support/memory-file-system';
import { folder, makeEvent, makeRecord, openStorage } from './support/open-storage';

const secret = new Uint8Array(32).fill(7);
const target = join(folder, 'export');

function diskWithSecret(): MemoryDisk {
  const disk = new MemoryDisk();
  disk.put(join(folder, 'audit.secret'), secret);
  return disk;
}

/** A journal of these entries, as a process that was killed leaves it. */
function putJournal(disk: MemoryDisk, entries: readonly (readonly [tag: 'r' | 'q' | 'kd', value: unknown])[]): void {
  const lines = entries.map(([tag, value], index) => encodeEntry(index + 1, tag, JSON.stringify(value)));
  disk.put(journalPath(folder, 1, 0), encodeBatch(lines, lines.length, secret));
}

const ofKey = (keyId: string, at: number) =>
  makeRecord({ at, identity: { type: 'key', keyId, label: keyId }, queueMs: 0, tokensOut: 1 });

describe('access records', () => {
  it('keep which engines gave no answer, over a kill and a save', async () => {
    const first = await openStorage();
    first.storage.recordAccess(makeRecord({ requestId: 'a', engineId: 'vllm', failedEngines: ['ollama', 'lmstudio'] }));
    await first.storage.flushed();
    first.fs.kill();
    const second = await openStorage(first.fs.disk);
    second.storage.recordAccess(makeRecord({ requestId: 'b' }));
    await second.storage.stop();

    const { storage } = await openStorage(first.fs.disk);

    const { rows } = await storage.queryAccess({});
    assert.deepEqual(
      rows.map((row) => [row.requestId, row.failedEngines]),
      [
        ['b', undefined],
        ['a', ['ollama', 'lmstudio']],
      ],
    );
  });

  it('are found by an engine that gave no answer', async () => {
    const { storage } = await openStorage();
    storage.recordAccess(makeRecord({ requestId: 'a', engineId: 'vllm', failedEngines: ['lmstudio'] }));
    storage.recordAccess(makeRecord({ requestId: 'b', engineId: 'vllm' }));

    const { rows } = await storage.queryAccess({ text: 'LMStudio' });

    assert.deepEqual(
      rows.map((row) => row.requestId),
      ['a'],
    );
  });

  it('are exported with the engines that gave no answer', async () => {
    const { storage, fs } = await openStorage();
    storage.recordAccess(makeRecord({ engineId: 'vllm', failedEngines: ['ollama', 'lmstudio'] }));

    await storage.export({ what: 'access', format: 'csv', path: target });
    const [heading = '', line = ''] = fs.disk.read(target)!.toString().split('\r\n');
    await storage.export({ what: 'access', format: 'json', path: target });
    const [row] = JSON.parse(fs.disk.read(target)!.toString()) as { failedEngines?: unknown }[];

    assert.equal(line.split(',')[heading.split(',').indexOf('failedEngines')], 'ollama lmstudio');
    assert.deepEqual(row?.failedEngines, ['ollama', 'lmstudio']);
  });

  it('bound what strangers and settings may put into them', () => {
    const values = accessValues(
      makeRecord({ path: `/\u202e${'x'.repeat(500)}`, failedEngines: Array<string>(50).fill('e'.repeat(500)) }),
    );

    assert.ok(values.every((value) => typeof value !== 'string' || value.length <= 800));
    assert.ok(!JSON.stringify(values).includes('\u202e'));
  });

  it('of a database of schema 3 are read, and new ones are stored beside them', async () => {
    const disk = diskWithSecret();
    const old = new Database(await loadSqlEngine());
    migrate(old, migrations.slice(0, 3));
    old.run(
      "INSERT INTO access (at, request_id, address, outcome, engine_id) VALUES (1, 'old', '10.0.0.1', 'ok', 'vllm')",
    );
    const content = old.export();
    disk.put(databasePath(folder), Buffer.concat([content, sealOf(content, secret)]));

    const { storage } = await openStorage(disk);
    storage.record(makeEvent());
    storage.recordAccess(makeRecord({ requestId: 'new', failedEngines: ['vllm'] }));

    const { rows } = await storage.queryAccess({});
    assert.deepEqual(
      rows.map((row) => [row.requestId, row.engineId, row.failedEngines]),
      [
        ['new', undefined, ['vllm']],
        ['old', 'vllm', undefined],
      ],
    );
    assert.equal((await storage.verify()).ok, true);
    assert.equal(storage.state.kind, 'ok');
  });

  it('are replayed from a journal that holds them as objects', async () => {
    const disk = diskWithSecret();
    putJournal(disk, [['r', makeRecord({ requestId: 'old', modelId: 'llama3', tokensOut: 7 })]]);

    const [row] = (await (await openStorage(disk)).storage.queryAccess({})).rows;

    assert.deepEqual([row?.requestId, row?.modelId, row?.tokensOut], ['old', 'llama3', 7]);
  });

  it('are replayed from a journal that was written before the last columns were added', async () => {
    const disk = diskWithSecret();
    putJournal(disk, [['q', accessValues(makeRecord({ requestId: 'short' })).slice(0, 23)]]);

    const { rows } = await (await openStorage(disk)).storage.queryAccess({});

    assert.deepEqual(
      rows.map((row) => row.requestId),
      ['short'],
    );
  });

  it('without sense do not take their neighbours along', async () => {
    const disk = diskWithSecret();
    const good = Array.from({ length: 40 }, (_, index) => ['q', accessValues(makeRecord({ at: index }))] as const);
    const bad = [null, [], {}, ['x'], [1, 'id', null, null], [1, 'id', 'address', { not: 'a value' }]];
    putJournal(disk, [...good.slice(0, 20), ...bad.map((value) => ['q', value] as const), ...good.slice(20)]);

    const { rows } = await (await openStorage(disk)).storage.queryAccess({});

    assert.equal(rows.length, 40);
  });

  it('add up for each key and day, in order, however many are stored at once', async () => {
    const first = await openStorage();
    const day = 86_400_000;
    for (let index = 0; index < 50; index++) {
      first.storage.recordAccess(ofKey('a', index < 30 ? 5 : day + 5));
      first.storage.recordAccess(ofKey('b', 7));
    }
    await first.storage.stop();

    const { storage } = await openStorage(first.fs.disk);

    assert.deepEqual(
      storage.usage.map(({ keyId, day: of, requests, tokens }) => [keyId, of, requests, tokens]),
      [
        ['a', 0, 30, 30],
        ['a', 1, 20, 20],
        ['b', 0, 50, 50],
      ],
    );
    assert.deepEqual(
      storage.totals.map(({ keyId, requests, at }) => [keyId, requests, at]),
      [
        ['a', 50, day + 5],
        ['b', 50, 7],
      ],
    );
  });

  it('leave no sum of a key that was removed after them', async () => {
    const disk = diskWithSecret();
    putJournal(disk, [
      ['q', accessValues(ofKey('a', 5))],
      ['kd', { id: 'a' }],
    ]);

    assert.deepEqual((await openStorage(disk)).storage.totals, []);
  });
});

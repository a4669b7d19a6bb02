import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { Storage } from '../../../src/storage/storage';
import type { MemoryDisk } from './support/memory-file-system';
import { allRows, folder, makeEvent, makeKey, openStorage } from './support/open-storage';

const database = join(folder, 'flm.db');
const backup = join(folder, 'flm.db.bak');

/** Two saves with rows and a key each, so that there are database, backup and journal; then a kill. */
async function filledDisk(): Promise<MemoryDisk> {
  const { storage, fs } = await openStorage();
  for (const id of ['one', 'two', 'three']) {
    for (let index = 0; index < 5; index++) storage.record(makeEvent({ evidence: `${id} ${index}` }));
    await storage.keys.put(makeKey(id), 'key.created');
    if (id !== 'three') await storage.saveNow();
  }
  fs.kill();
  return fs.disk;
}

function flip(disk: MemoryDisk, path: string, at: number): void {
  const data = Buffer.from(disk.read(path)!);
  data[Math.floor(at * (data.length - 1))]! ^= 0x10;
  disk.put(path, data);
}

async function rulesOf(storage: Storage): Promise<(string | undefined)[]> {
  return (await allRows(storage)).filter((row) => row.kind === 'storage.recovered').map((row) => row.rule);
}

async function assertNothingLost(storage: Storage): Promise<void> {
  const found = (await allRows(storage)).flatMap((row) => row.evidence?.match(/^(one|two|three) \d$/)?.[0] ?? []);
  assert.deepEqual(
    found,
    ['one', 'two', 'three'].flatMap((id) => [0, 1, 2, 3, 4].map((index) => `${id} ${index}`)),
  );
  for (const id of ['one', 'two', 'three']) assert.ok(storage.keys.get(id), id);
  assert.equal((await storage.verify()).ok, true);
}

describe('storage recovery', () => {
  for (const at of [0, 0.1, 0.3, 0.5, 0.7, 0.9, 1]) {
    it(`loses nothing when a byte of the database is flipped (at ${at * 100} %), and says so`, async () => {
      const disk = await filledDisk();
      flip(disk, database, at);

      const { storage } = await openStorage(disk);

      await assertNothingLost(storage);
      assert.deepEqual((await rulesOf(storage)).sort(), ['storage.backup', 'storage.damaged']);
      assert.equal(disk.find(/damaged/).length, 1);
    });
  }

  it('loses nothing when the database is cut short', async () => {
    const disk = await filledDisk();
    disk.put(database, disk.read(database)!.subarray(0, 3_000));

    await assertNothingLost((await openStorage(disk)).storage);
  });

  it('loses nothing when the database is empty or gone', async () => {
    for (const damage of [
      (disk: MemoryDisk) => disk.put(database, Buffer.alloc(0)),
      (disk: MemoryDisk) => disk.files.delete(database),
    ]) {
      const disk = await filledDisk();
      damage(disk);
      await assertNothingLost((await openStorage(disk)).storage);
    }
  });

  it('loses nothing when the backup is damaged', async () => {
    const disk = await filledDisk();
    flip(disk, backup, 0.5);

    await assertNothingLost((await openStorage(disk)).storage);
  });

  it('starts empty when database and backup are damaged, keeps what the journal has, and says that rows are lost', async () => {
    const disk = await filledDisk();
    flip(disk, database, 0.5);
    flip(disk, backup, 0.5);

    const { storage } = await openStorage(disk);

    assert.ok(storage.keys.get('three'));
    const rules = await rulesOf(storage);
    assert.ok(rules.includes('storage.fresh') && rules.includes('storage.rows-lost'), String(rules));
    assert.equal((await storage.verify()).ok, true);
  });

  it('never gives a row number twice, even after a loss', async () => {
    const disk = await filledDisk();
    const savedLast = (JSON.parse(disk.read(join(folder, 'audit.anchor'))!.toString()) as { seq: number }).seq;
    flip(disk, database, 0.5);
    flip(disk, backup, 0.5);

    const rows = await allRows((await openStorage(disk)).storage);

    assert.ok(rows[0]!.seq > savedLast);
  });

  it('reports a damaged line in the middle of the journal and keeps the others', async () => {
    const disk = await filledDisk();
    const path = disk.find(/^journal-/).at(-1)!;
    const text = disk.read(path)!.toString();
    disk.put(path, Buffer.from(text.replace('three 1', 'three 9')));

    const { storage } = await openStorage(disk);

    const found = (await allRows(storage)).map((row) => row.evidence);
    assert.ok(found.includes('three 0') && found.includes('three 2') && !found.includes('three 1'));
    assert.deepEqual(await rulesOf(storage), ['storage.journal']);
  });

  it('takes a torn end of the journal for what it is', async () => {
    const disk = await filledDisk();
    const path = disk.find(/^journal-/).at(-1)!;
    disk.put(path, Buffer.concat([disk.read(path)!, Buffer.from('0badcafe [99,"a",{"ki')]));

    const { storage } = await openStorage(disk);

    await assertNothingLost(storage);
    assert.deepEqual(await rulesOf(storage), []);
  });

  it('notices that a journal was edited with its checksums put right', async () => {
    const { crc32 } = await import('node:zlib');
    const disk = await filledDisk();
    const path = disk.find(/^journal-/).at(-1)!;
    const lines = disk.read(path)!.toString().split('\n');
    const index = lines.findIndex((line) => line.includes('three 1'));
    const json = lines[index]!.slice(9).replace('three 1', 'three 9');
    lines[index] = `${crc32(json).toString(16).padStart(8, '0')} ${json}`;
    disk.put(path, Buffer.from(lines.join('\n')));

    assert.deepEqual(await rulesOf((await openStorage(disk)).storage), ['storage.journal-edited']);
  });

  it('notices that an older database was put in place of the current one', async () => {
    const disk = await filledDisk();
    disk.put(database, disk.read(backup)!);
    for (const path of disk.find(/^journal-/)) disk.files.delete(path);

    const { storage } = await openStorage(disk);

    assert.deepEqual(await rulesOf(storage), ['storage.rows-lost']);
    const result = await storage.verify();
    assert.equal(result.ok, true);
    assert.equal(result.gaps.length, 1);
  });

  it('goes on with a new secret when the old one is gone, and says so', async () => {
    const disk = await filledDisk();
    disk.files.delete(join(folder, 'audit.secret'));

    const { storage } = await openStorage(disk);

    await assertNothingLost(storage);
    const rules = await rulesOf(storage);
    assert.ok(rules.includes('storage.seal') && rules.includes('storage.secret'), String(rules));
  });

  it('says what it found only once', async () => {
    const disk = await filledDisk();
    flip(disk, database, 0.5);
    const second = await openStorage(disk);
    await second.storage.stop();

    const third = await openStorage(disk);

    assert.equal((await rulesOf(third.storage)).filter((rule) => rule === 'storage.damaged').length, 1);
  });

  it('removes a row from nowhere when its clean end is followed by a damaged database', async () => {
    const first = await openStorage();
    for (let index = 0; index < 3; index++) {
      first.storage.record(makeEvent({ evidence: `r${index}` }));
      await first.storage.saveNow();
    }
    await first.storage.stop();
    flip(first.fs.disk, database, 0.4);

    const rows = await allRows((await openStorage(first.fs.disk)).storage);

    assert.deepEqual(
      rows.flatMap((row) => (row.rule ? [] : [row.evidence])),
      ['r0', 'r1', 'r2'],
    );
  });
});

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { defaultRetention } from '../../../src/core/audit-query';
import { FlmError } from '../../../src/core/errors';
import { csvLine } from '../../../src/storage/csv';
import { diskError } from './support/memory-file-system';
import { allRows, folder, makeEvent, makeRecord, openStorage } from './support/open-storage';

const dayMs = 86_400_000;
const target = join(folder, 'export');

describe('retention', () => {
  async function filled(rows: number, maxRows = 10, maxArchives = 60) {
    const opened = await openStorage(undefined, { retention: { ...defaultRetention, maxRows, maxArchives } });
    for (let index = 0; index < rows; index++)
      opened.storage.record(makeEvent({ at: opened.clock.now(), evidence: `${index}` }));
    return opened;
  }

  it('archives what is more than the limit, and the chain goes on through the archive', async () => {
    const { storage, fs } = await filled(25);

    await storage.retain();

    const [archive] = fs.disk.find(/\.jsonl\.gz$/);
    const archived = gunzipSync(fs.disk.read(archive!)!).toString().trim().split('\n');
    const rows = await allRows(storage);
    assert.ok(rows.length <= 11);
    assert.equal((JSON.parse(archived.at(-1)!) as { seq: number }).seq + 1, rows[0]?.seq);
    const result = await storage.verify({ withArchives: true });
    assert.deepEqual([result.ok, result.archives, result.rows], [true, 1, 26]);
  });

  it('archives what is too old', async () => {
    const { storage, clock } = await filled(5);
    clock.jump(8 * dayMs);
    storage.record(makeEvent({ at: clock.now(), evidence: 'young' }));

    await storage.retain();

    assert.deepEqual(
      (await allRows(storage)).flatMap((row) => row.evidence ?? []),
      ['young'],
    );
  });

  it('removes nothing because a clock went forwards and back', async () => {
    const { storage, clock } = await filled(5);

    clock.jump(-3 * dayMs);
    await storage.retain();

    assert.ok((await allRows(storage)).length >= 5);
  });

  it('removes old access records too', async () => {
    const { storage, clock } = await openStorage();
    storage.recordAccess(makeRecord({ at: clock.now() }));
    clock.jump(8 * dayMs);
    storage.recordAccess(makeRecord({ at: clock.now(), requestId: 'young' }));

    await storage.retain();

    assert.deepEqual(
      (await storage.queryAccess({})).rows.map((row) => row.requestId),
      ['young'],
    );
  });

  it('removes the oldest access records beyond the limit, and keeps the newest', async () => {
    const { storage } = await filled(0);
    for (let index = 0; index < 25; index++) storage.recordAccess(makeRecord({ requestId: `r${index}` }));

    await storage.retain();

    const ids = (await storage.queryAccess({})).rows.map((row) => row.requestId);
    assert.ok(ids.length <= 10);
    assert.equal(ids[0], 'r24');
  });

  it('does not wait for its minute when much is recorded', async () => {
    const { storage, clock } = await filled(25);

    await clock.advanceAsync(1_000, 50);
    await storage.verify(); // Waits for its turn, behind the retention under way.

    assert.ok((await allRows(storage)).length <= 11);
  });

  it('runs by itself', async () => {
    const { storage, clock } = await filled(25);

    await clock.advanceAsync(61_000, 500);
    await storage.verify(); // Waits for its turn, behind the retention under way.

    assert.ok((await allRows(storage)).length <= 11);
  });

  it('keeps no more archives than allowed, and those left still verify', async () => {
    const { storage, fs } = await filled(0, 4, 2);
    for (let round = 0; round < 6; round++) {
      for (let index = 0; index < 5; index++) storage.record(makeEvent());
      await storage.retain();
    }

    assert.equal(fs.disk.find(/\.jsonl\.gz$/).length, 2);
    assert.equal((await storage.verify()).ok, true);
  });

  it('keeps the rows when the archive cannot be written', async () => {
    const { storage, fs } = await filled(25);
    fs.fault = (operation, path) => {
      if (operation === 'write' && path.includes('archive')) throw diskError('ENOSPC');
    };

    await storage.retain();

    assert.equal((await allRows(storage)).length, 25);
    assert.equal((await storage.verify()).ok, true);
  });

  it('lets verification find an edited archive and name the row', async () => {
    const { storage, fs } = await filled(25);
    await storage.retain();
    const [archive] = fs.disk.find(/\.jsonl\.gz$/);
    const text = gunzipSync(fs.disk.read(archive!)!).toString();
    fs.disk.put(archive!, gzipSync(text.replace('"evidence":"5"', '"evidence":"6"')));

    assert.deepEqual((await storage.verify()).firstBad?.seq, 6);
    assert.equal((await storage.verify({ withArchives: false })).ok, true);
  });

  it('lets verification find an archive that was taken out of the middle', async () => {
    const { storage, fs } = await filled(0, 4);
    for (let round = 0; round < 4; round++) {
      for (let index = 0; index < 5; index++) storage.record(makeEvent());
      await storage.retain();
    }
    fs.disk.files.delete(fs.disk.find(/\.jsonl\.gz$/)[1]!);

    assert.equal((await storage.verify()).firstBad?.fault, 'missing');
  });
});

describe('export', () => {
  it('writes JSON that holds every row', async () => {
    const { storage, fs } = await openStorage();
    for (let index = 0; index < 1_200; index++) storage.record(makeEvent({ evidence: `${index}` }));

    const result = await storage.export({ what: 'audit', format: 'json', path: target });

    const rows = JSON.parse(fs.disk.read(target)!.toString()) as { evidence: string }[];
    assert.equal(rows.length, 1_200);
    assert.equal(result.rows, 1_200);
    assert.equal(result.bytes, fs.disk.read(target)!.length);
    assert.deepEqual(fs.disk.find(/\.part$/), []);
  });

  it('writes JSON without rows', async () => {
    const { storage, fs } = await openStorage();

    await storage.export({ what: 'access', format: 'json', path: target });

    assert.deepEqual(JSON.parse(fs.disk.read(target)!.toString()), []);
  });

  it('writes CSV with a mark for Excel, a heading and only what was asked for', async () => {
    const { storage, fs } = await openStorage();
    storage.record(makeEvent({ evidence: '=cmd|calc' }));
    storage.record(makeEvent({ kind: 'auth.success' }));

    await storage.export({ what: 'audit', format: 'csv', path: target, bom: true, query: { kinds: ['auth.failure'] } });

    const lines = fs.disk.read(target)!.toString().split('\r\n');
    assert.ok(lines[0]!.startsWith('\ufeffseq,at,time,kind'));
    assert.equal(lines.length, 3);
    assert.ok(lines[1]!.includes(`"'=cmd|calc"`));
  });

  it('leaves nothing behind when the disk is full, and says so', async () => {
    const { storage, fs } = await openStorage();
    storage.record(makeEvent());
    await storage.flushed();
    fs.fault = (operation, path) => {
      if (operation === 'write' && path.startsWith(target)) throw diskError('ENOSPC');
    };

    await assert.rejects(storage.export({ what: 'audit', format: 'csv', path: target }));

    assert.deepEqual(fs.disk.find(/^export/), []);
  });

  it('never writes into what others have put where it begins', async () => {
    const { storage, fs } = await openStorage();
    const other = `${target}.other`;
    fs.disk.put(other, Buffer.from('somebody’s'));
    await fs.link(other, `${target}.part`);

    await storage.export({ what: 'audit', format: 'json', path: target });

    assert.equal(fs.disk.read(other)!.toString(), 'somebody’s');
    assert.deepEqual(JSON.parse(fs.disk.read(target)!.toString()), []);
  });

  it('is refused without a database', async () => {
    const { storage } = await openStorage();
    await storage.stop();

    await assert.rejects(storage.export({ what: 'audit', format: 'csv', path: target }), (error) =>
      FlmError.is(error, 'storage_failed'),
    );
  });
});

describe('CSV', () => {
  it('quotes by RFC 4180', () => {
    assert.equal(csvLine(['a', 'b,c', 'd"e', 'f\r\ng', null, 1.5, true]), 'a,"b,c","d""e","f\r\ng",,1.5,true\r\n');
  });

  for (const start of ['=', '+', '-', '@', '\t', '\r']) {
    it(`disarms a text that begins with ${JSON.stringify(start)}`, () => {
      assert.equal(csvLine([`${start}1+1`]), `"'${start}1+1"\r\n`);
    });
  }

  it('leaves negative numbers alone', () => {
    assert.equal(csvLine([-5]), '-5\r\n');
  });
});

describe('statistics', () => {
  it('sum up buckets without gaps, with percentiles and alerts', async () => {
    const { storage } = await openStorage();
    for (let index = 1; index <= 20; index++) {
      storage.recordAccess(makeRecord({ at: 1_000, firstTokenMs: index, tokensIn: 1, tokensOut: 10 }));
    }
    storage.recordAccess(makeRecord({ at: 3_500, outcome: 'refused' }));
    storage.recordAccess(makeRecord({ at: 3_600, outcome: 'engine-error' }));
    storage.record(makeEvent({ at: 3_700, severity: 'high' }));
    storage.record(makeEvent({ at: 3_700, severity: 'low' }));

    const { buckets } = await storage.statistics({ from: 1_000, to: 4_000, bucketMs: 1_000 });

    const empty = { requests: 0, refused: 0, failed: 0, tokensIn: 0, tokensOut: 0, alerts: 0 };
    assert.deepEqual(buckets, [
      { ...empty, at: 1_000, requests: 20, tokensIn: 20, tokensOut: 200, firstTokenP50Ms: 10, firstTokenP95Ms: 19 },
      { ...empty, at: 2_000 },
      { ...empty, at: 3_000, requests: 2, refused: 1, failed: 1, alerts: 1 },
    ]);
  });

  it('tell the time to the first token of each caller, and of none that had no token', async () => {
    const { storage } = await openStorage();
    const identity = { type: 'key', keyId: 'k1', label: 'lap' } as const;
    for (let index = 1; index <= 20; index++) {
      storage.recordAccess(makeRecord({ at: index, identity, firstTokenMs: 10 * index }));
    }
    storage.recordAccess(makeRecord({ at: 30, identity: { type: 'local' } }));

    const { byKey } = await storage.statistics({ from: 0, to: 100, bucketMs: 100 });

    assert.deepEqual(
      byKey.map((row) => [row.name, row.firstTokenP50Ms, row.firstTokenP95Ms]),
      [
        ['k1', 100, 190],
        ['-', undefined, undefined],
      ],
    );
  });

  it('name the busiest keys, models and addresses', async () => {
    const { storage } = await openStorage();
    const identity = { type: 'key', keyId: 'k1', label: 'lap' } as const;
    storage.recordAccess(makeRecord({ at: 1, identity, engineId: 'ollama', modelId: 'a/b', tokensOut: 5 }));
    storage.recordAccess(makeRecord({ at: 2, identity, engineId: 'ollama', modelId: 'a/b', tokensOut: 6 }));
    storage.recordAccess(makeRecord({ at: 3, identity: { type: 'local' }, address: '127.0.0.1' }));

    const { byKey, byModel, byAddress } = await storage.statistics({ from: 0, to: 10, bucketMs: 10 });

    assert.deepEqual(
      byKey.map((row) => [row.name, row.requests, row.tokensOut, row.lastAt]),
      [
        ['k1', 2, 11, 2],
        ['-', 1, 0, 3],
      ],
    );
    assert.deepEqual(
      byModel.map((row) => row.name),
      ['ollama/a/b'],
    );
    assert.deepEqual(
      byAddress.map((row) => row.name),
      ['203.0.113.9', '127.0.0.1'],
    );
  });

  it('never make more than a thousand buckets', async () => {
    const { storage } = await openStorage();

    const { buckets } = await storage.statistics({ from: 0, to: 1_000_000, bucketMs: 1 });

    assert.equal(buckets.length, 1_000);
  });
});

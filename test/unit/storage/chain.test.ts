import assert from 'node:assert/strict';
import fc from 'fast-check';
import { auditKinds } from '../../../src/core/audit';
import { defaultRetention } from '../../../src/core/audit-query';
import { AuditChain } from '../../../src/storage/audit-chain';
import { auditColumns } from '../../../src/storage/audit-codec';
import { Database } from '../../../src/storage/database';
import { migrate } from '../../../src/storage/migrations';
import { sanitizeEvent } from '../../../src/storage/sanitize';
import { loadSqlEngine } from '../../../src/storage/sql-engine';
import { verifyChain } from '../../../src/storage/verify';
import { MemoryFileSystem } from './support/memory-file-system';
import { allRows, folder, makeEvent, openStorage } from './support/open-storage';
import { anyText } from '../../helpers/any-text';

const secret = new Uint8Array(32).fill(7);

async function chainOf(rows: number) {
  const db = new Database(await loadSqlEngine());
  migrate(db);
  const chain = new AuditChain(db, secret);
  for (let index = 0; index < rows; index++) {
    chain.append(
      makeEvent({ at: 1_000 + index, evidence: `row ${index}`, status: 401, latencyMs: 0.5, details: { a: 1 } }),
    );
  }
  chain.markEnd(1);
  const verify = () => verifyChain(db, chain, new MemoryFileSystem(), folder, false);
  return { db, chain, verify };
}

describe('audit chain', () => {
  it('verifies untouched', async () => {
    const result = await (await chainOf(20)).verify();

    assert.equal(result.ok, true);
    assert.equal(result.rows, 20);
  });

  for (const column of auditColumns) {
    it(`names the row whose ${column} was changed`, async () => {
      const { db, verify } = await chainOf(20);
      db.run(`UPDATE audit SET ${column} = ${column === 'kind' ? "'key.created'" : '77'} WHERE seq = 9`);

      assert.deepEqual((await verify()).firstBad, { seq: 9, fault: 'changed' });
    });
  }

  it('names a changed hash', async () => {
    const { db, verify } = await chainOf(20);
    db.run('UPDATE audit SET hash = zeroblob(32) WHERE seq = 9');

    assert.deepEqual((await verify()).firstBad, { seq: 9, fault: 'changed' });
  });

  it('names the first row of any number deleted, at either end too', async () => {
    for (const [from, to, fault] of [
      [1, 3, 'missing'],
      [7, 7, 'missing'],
      [19, 20, 'truncated'],
    ] as const) {
      const { db, verify } = await chainOf(20);
      db.run('DELETE FROM audit WHERE seq BETWEEN ? AND ?', [from, to]);

      assert.deepEqual((await verify()).firstBad, { seq: from, fault });
    }
  });

  it('names the first of two rows that changed places', async () => {
    const { db, verify } = await chainOf(20);
    db.script(
      'UPDATE audit SET seq = -1 WHERE seq = 5; UPDATE audit SET seq = 5 WHERE seq = 6; UPDATE audit SET seq = 6 WHERE seq = -1;',
    );

    assert.deepEqual((await verify()).firstBad, { seq: 5, fault: 'changed' });
  });

  it('finds a chain that was rewritten as a whole without the secret', async () => {
    const { db } = await chainOf(20);
    db.run('DELETE FROM audit');
    db.run("DELETE FROM anchors WHERE kind = 'start'");
    const forger = new AuditChain(db, new Uint8Array(32).fill(8));
    for (let index = 0; index < 20; index++) forger.append(makeEvent({ evidence: 'nothing happened' }));

    const own = new AuditChain(db, secret);
    assert.equal((await verifyChain(db, own, new MemoryFileSystem(), folder, false)).ok, false);
    assert.equal(own.checkEnd(), 'moved');
    forger.markEnd(2);
    assert.equal(new AuditChain(db, secret).checkEnd(), 'unsigned');
  });

  it('finds any single change of any stored value (property)', async () => {
    const count = 12;
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: count }),
        fc.constantFrom(...auditColumns),
        fc.oneof(fc.constant(null), fc.integer({ min: -5, max: 5_000 }), fc.string({ maxLength: 20 })),
        async (seq, column, value) => {
          const { db, verify } = await chainOf(count);
          const before = db.first(`SELECT ${column} FROM audit WHERE seq = ?`, [seq])?.[0];
          try {
            db.run(`UPDATE audit SET ${column} = ? WHERE seq = ?`, [value, seq]);
          } catch {
            return; // NOT NULL: the database refuses the change itself.
          }
          const after = db.first(`SELECT ${column} FROM audit WHERE seq = ?`, [seq])?.[0];
          const result = await verify();
          db.close();
          if (Object.is(before, after)) assert.equal(result.ok, true);
          else assert.deepEqual(result.firstBad, { seq, fault: 'changed' });
        },
      ),
      { numRuns: 60 },
    );
  });

  it('verifies whatever strangers write into events (property)', async () => {
    const text = anyText({ maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({
            kind: fc.constantFrom(...auditKinds),
            evidence: text,
            address: text,
            latencyMs: fc.double(),
            name: text,
          }),
          { minLength: 1, maxLength: 5 },
        ),
        async (events) => {
          const { db, chain, verify } = await chainOf(0);
          for (const { name, ...event } of events) {
            chain.append(
              JSON.parse(
                JSON.stringify(sanitizeEvent(makeEvent({ ...event, details: { [name]: name } }))),
              ) as ReturnType<typeof makeEvent>,
            );
          }
          chain.markEnd(2);
          assert.equal((await verify()).ok, true);
          db.close();
        },
      ),
      { numRuns: 25 },
    );
  });
});

type Step = 'append' | 'flush' | 'save' | 'retain' | 'kill' | 'stop' | 'killInSave';

describe('audit log through anything', () => {
  it('keeps what was acknowledged, in order and verifiable, through any sequence of appends, saves, retentions and crashes (property)', async () => {
    const step = fc.constantFrom<Step>('append', 'append', 'flush', 'save', 'retain', 'kill', 'stop', 'killInSave');
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), fc.nat({ max: 20 }), async (steps, delay) => {
        const retention = { ...defaultRetention, maxRows: 8 };
        let opened = await openStorage(undefined, { retention });
        let written = 0;
        let acknowledged = 0;
        const reopen = async () => {
          opened = await openStorage(opened.fs.disk, { retention, clock: opened.clock });
          const rows = await allRows(opened.storage);
          const numbers = rows.flatMap((row) => (row.rule === 'n' ? [Number(row.evidence)] : []));
          const last = numbers.at(-1) ?? 0;
          if (numbers.length > 0) assert.ok(last >= acknowledged, `${last} < ${acknowledged}`);
          numbers.forEach((number, index) => assert.equal(number, last - numbers.length + 1 + index));
          written = Math.max(last, acknowledged);
          acknowledged = written;
        };
        for (const action of steps) {
          const { storage, fs } = opened;
          if (action === 'append') {
            for (let count = 0; count < 3; count++)
              storage.record(makeEvent({ rule: 'n', evidence: String(++written) }));
          } else if (action === 'flush') {
            await storage.flushed();
            acknowledged = written;
          } else if (action === 'save') {
            await storage.saveNow();
          } else if (action === 'retain') {
            await storage.retain();
          } else if (action === 'stop') {
            await storage.stop();
            acknowledged = written;
            await reopen();
          } else {
            if (action === 'killInSave') {
              const end = fs.operations + delay;
              fs.fault = () => {
                if (fs.operations >= end) fs.kill();
              };
              void storage.saveNow();
              await new Promise((resolve) => setImmediate(resolve));
            }
            fs.kill();
            await reopen();
          }
          const result = await opened.storage.verify();
          assert.deepEqual(result.firstBad, undefined);
          assert.deepEqual(result.gaps, []);
        }
        await opened.storage.stop();
      }),
      { numRuns: 40 },
    );
  }).timeout(60_000);
});

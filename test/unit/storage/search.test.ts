import assert from 'node:assert/strict';
import fc from 'fast-check';
import { auditKinds, severities } from '../../../src/core/audit';
import type { AuditEvent } from '../../../src/core/audit';
import type { AuditQuery, PageCursor } from '../../../src/core/audit-query';
import { AuditChain } from '../../../src/storage/audit-chain';
import { Database } from '../../../src/storage/database';
import { searchAudit } from '../../../src/storage/log-search';
import { migrate } from '../../../src/storage/migrations';
import { loadSqlEngine } from '../../../src/storage/sql-engine';
import { makeEvent, makeRecord, openStorage } from './support/open-storage';

async function auditOf(events: readonly AuditEvent[]): Promise<Database> {
  const db = new Database(await loadSqlEngine());
  migrate(db);
  const chain = new AuditChain(db, new Uint8Array(32));
  db.transaction(() => {
    for (const event of events) chain.append(event);
  });
  return db;
}

/** All pages of a search. */
function all(db: Database, query: AuditQuery) {
  const rows = [];
  let after: PageCursor | undefined;
  do {
    const page = searchAudit(db, { ...query, ...(after ? { after } : {}) });
    rows.push(...page.rows);
    after = page.next;
  } while (after);
  return rows;
}

describe('search of the audit log', () => {
  it('agrees with filtering by hand, for any rows, query and page size (property)', async () => {
    const kinds = auditKinds.slice(0, 4);
    const address = fc.constantFrom('10.0.0.1', '10.0.0.2');
    const event = fc.record({
      at: fc.integer({ min: 0, max: 20 }),
      kind: fc.constantFrom(...kinds),
      severity: fc.constantFrom(...severities),
      address,
      evidence: fc.constantFrom('100%', 'a_b', 'A_B', 'x\\y', 'plain'),
    });
    const optional = { requiredKeys: [] as never[] };
    const query = fc.record(
      {
        from: fc.integer({ min: 0, max: 20 }),
        to: fc.integer({ min: 0, max: 20 }),
        address,
        kinds: fc.uniqueArray(fc.constantFrom(...kinds), { maxLength: 3 }),
        severities: fc.uniqueArray(fc.constantFrom(...severities), { maxLength: 3 }),
        text: fc.constantFrom('%', '_', '\\', 'a_b', 'plain', 'nothing'),
        limit: fc.integer({ min: 1, max: 7 }),
      },
      optional,
    );
    await fc.assert(
      fc.asyncProperty(fc.array(event, { maxLength: 60 }), query, async (events, asked) => {
        const db = await auditOf(events);
        const text = asked.text?.toLowerCase() ?? '';
        const expected = events
          .map((row, index) => ({ ...row, seq: index + 1 }))
          .filter(
            (row) =>
              row.at >= (asked.from ?? 0) &&
              row.at < (asked.to ?? 99) &&
              (asked.address === undefined || row.address === asked.address) &&
              (!asked.kinds?.length || asked.kinds.includes(row.kind)) &&
              (!asked.severities?.length || asked.severities.includes(row.severity)) &&
              `${row.kind}\n${row.evidence}\n${row.address}`.toLowerCase().includes(text),
          )
          .sort((a, b) => b.at - a.at || b.seq - a.seq);

        const found = all(db, asked);

        assert.deepEqual(
          found.map((row) => row.seq),
          expected.map((row) => row.seq),
        );
        db.close();
      }),
      { numRuns: 80 },
    );
  });

  it('finds rows behind many that do not match', async () => {
    const events = Array.from({ length: 6_000 }, (_, index) =>
      makeEvent({ at: index, evidence: index === 3 ? 'needle' : 'hay' }),
    );

    const rows = all(await auditOf(events), { text: 'needle' });

    assert.deepEqual(
      rows.map((row) => row.seq),
      [4],
    );
  });

  it('gives every field back as it was recorded', async () => {
    const event: AuditEvent = {
      kind: 'detection.intrusion',
      severity: 'high',
      at: 5,
      requestId: 'req_1',
      address: '10.0.0.1',
      keyId: 'abc',
      route: '/v1/models',
      engineId: 'ollama',
      modelId: 'llama3',
      status: 403,
      latencyMs: 1.5,
      rule: 'r',
      errorCode: 'request_blocked',
      evidence: 'seen 日本語 🙂',
      observedOnly: true,
      details: { a: 1, b: 'x', c: null, d: false },
    };
    const { storage } = await openStorage();
    storage.record(event);

    const [row] = (await storage.queryAudit({})).rows;

    assert.deepEqual({ ...row, seq: undefined, hash: undefined }, { ...event, seq: undefined, hash: undefined });
  });

  it('makes control characters, direction marks and lone surrogates visible, and bounds texts', async () => {
    const { storage } = await openStorage();
    storage.record(makeEvent({ evidence: `a\nb\u202ec\u0000\ud800${'x'.repeat(1_000)}` }));

    const evidence = (await storage.queryAudit({})).rows[0]?.evidence ?? '';

    assert.ok(evidence.startsWith('a\\u000ab\\u202ec\\u0000\\ud800xxx'), evidence);
    assert.ok(evidence.length < 600);
  });

  it('does not see what was recorded after a page was read on the pages that follow', async () => {
    const { storage } = await openStorage();
    for (let index = 0; index < 10; index++) storage.record(makeEvent({ at: index }));
    const first = await storage.queryAudit({ limit: 4 });
    storage.record(makeEvent({ at: 99 }));

    const second = await storage.queryAudit({ limit: 4, ...(first.next ? { after: first.next } : {}) });

    assert.deepEqual(
      second.rows.map((row) => row.at),
      [5, 4, 3, 2],
    );
  });
});

describe('search of access records', () => {
  it('filters by model, outcome, key and text', async () => {
    const { storage } = await openStorage();
    storage.recordAccess(
      makeRecord({ requestId: 'a', engineId: 'ollama', modelId: 'llama3', identity: { type: 'local' } }),
    );
    storage.recordAccess(
      makeRecord({ requestId: 'b', outcome: 'refused', identity: { type: 'key', keyId: 'k', label: 'lap' } }),
    );
    storage.recordAccess(makeRecord({ requestId: 'c', userAgent: 'curl/8', isStream: true, firstTokenMs: 12.5 }));
    const ids = async (query: Parameters<typeof storage.queryAccess>[0]) =>
      (await storage.queryAccess(query)).rows.map((row) => row.requestId);

    assert.deepEqual(await ids({ modelId: 'llama3' }), ['a']);
    assert.deepEqual(await ids({ outcomes: ['refused'] }), ['b']);
    assert.deepEqual(await ids({ keyId: 'k' }), ['b']);
    assert.deepEqual(await ids({ text: 'CURL' }), ['c']);
    const [row] = (await storage.queryAccess({ requestId: 'c' })).rows;
    assert.deepEqual([row?.isStream, row?.firstTokenMs, row?.identity], [true, 12.5, undefined]);
  });
});

import assert from 'node:assert/strict';
import { verifyText } from '../../../../src/editor/audit/verify-text';
import { english } from '../editor-facts';

describe('the result of verifying the audit log', () => {
  it('counts what was checked when all is well', () => {
    assert.equal(
      verifyText(english, { ok: true, rows: 12_000, archives: 3, gaps: [] }),
      'The audit log is unaltered: 12,000 rows and 3 archives checked.',
    );
  });

  it('names the first bad row and what is wrong with it', () => {
    const firstBad = { seq: 4711, fault: 'changed' as const };

    assert.match(
      verifyText(english, { ok: false, rows: 9, archives: 0, firstBad, gaps: [] }),
      /First bad row: row 4711\. Its content was changed\./,
    );
  });

  it('names the archive of the bad row', () => {
    const firstBad = { seq: 5, fault: 'archive' as const, archive: 'audit-1.gz' };

    assert.match(
      verifyText(english, { ok: false, rows: 9, archives: 1, firstBad, gaps: [] }),
      /row 5 in archive audit-1/,
    );
  });

  it('says what was lost in a recovery, which is no fault', () => {
    const gaps = [{ from: 10, to: 12, at: 1 }];

    assert.match(verifyText(english, { ok: true, rows: 9, archives: 0, gaps }), /3 rows were lost in a recovery/);
  });
});

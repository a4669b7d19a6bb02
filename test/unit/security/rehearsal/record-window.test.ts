import assert from 'node:assert/strict';
import type { AuditRow } from '../../../../src/core/audit';
import type { AccessRow } from '../../../../src/core/audit-query';
import { RecordWindow } from '../../../../src/security/rehearsal/record-window';

const request = (requestId: string, at: number): AccessRow => ({ requestId, at }) as AccessRow;
const row = (seq: number, at: number, requestId?: string): AuditRow =>
  ({ seq, at, ...(requestId === undefined ? {} : { requestId }) }) as AuditRow;

/** Steps as `request: rows` in the order they come. */
function stepsOf(window: RecordWindow): readonly string[] {
  return [...window.steps()].map(
    ({ access, rows }) => `${access?.requestId ?? '-'}: ${rows.map(({ seq }) => seq).join(' ')}`,
  );
}

describe('a window of records', () => {
  it('gives back oldest first what it was given newest first', () => {
    const window = new RecordWindow();
    for (const access of [request('c', 30), request('b', 20), request('a', 10)]) window.addRequest(access);
    for (const one of [row(2, 25), row(1, 15)]) window.addRow(one);

    assert.deepEqual(stepsOf(window), ['a: ', '-: 1', 'b: ', '-: 2', 'c: ']);
    assert.equal(window.records, 5);
  });

  it('puts rows to their request in the order they were written, whenever that was', () => {
    const window = new RecordWindow();
    for (const access of [request('b', 20), request('a', 10)]) window.addRequest(access);
    for (const one of [row(3, 90, 'a'), row(2, 20, 'b'), row(1, 10, 'a')]) window.addRow(one);

    assert.deepEqual(stepsOf(window), ['a: 1 3', 'b: 2']);
  });

  it('has a request before rows of the same moment, and those in the order they were written', () => {
    const window = new RecordWindow();
    window.addRequest(request('a', 10));
    for (const one of [row(2, 10), row(1, 10)]) window.addRow(one);

    assert.deepEqual(stepsOf(window), ['a: ', '-: 1', '-: 2']);
  });

  it('keeps a row whose request stands in another window', () => {
    const window = new RecordWindow();
    window.addRow(row(1, 10, 'elsewhere'));

    assert.deepEqual(stepsOf(window), ['-: 1']);
  });
});

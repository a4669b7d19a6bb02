import assert from 'node:assert/strict';
import { collectRows } from '../../../../src/editor/audit/collect-rows';
import { FakeGateway } from '../fake-gateway';
import { makeRow } from '../security-facts';

const rows = (...numbers: number[]) => numbers.map((seq) => makeRow({ seq }));

describe('collecting rows of the audit log', () => {
  it('goes on after a page that came short', async () => {
    const pages = [
      { rows: rows(9), next: { at: 1, seq: 9 } },
      { rows: [], next: { at: 1, seq: 8 } },
      { rows: rows(7, 6) },
    ];
    const gateway = new FakeGateway({ 'audit/query': () => pages.shift()! });

    const found = await collectRows(gateway, {}, 200);

    assert.deepEqual(
      found.map(({ seq }) => seq),
      [9, 7, 6],
    );
    assert.deepEqual(gateway.asked[1]!.params, { limit: 199, after: { at: 1, seq: 9 } });
  });

  it('stops when it has enough', async () => {
    const gateway = new FakeGateway({ 'audit/query': () => ({ rows: rows(3, 2), next: { at: 1, seq: 2 } }) });

    assert.equal((await collectRows(gateway, {}, 2)).length, 2);
    assert.equal(gateway.asked.length, 1);
  });

  it('gives up on a search that finds nothing for ever', async () => {
    const gateway = new FakeGateway({ 'audit/query': () => ({ rows: [], next: { at: 1, seq: 1 } }) });

    assert.deepEqual(await collectRows(gateway, {}, 200), []);
    assert.equal(gateway.asked.length, 20);
  });
});

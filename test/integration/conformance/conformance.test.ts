import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { cellOf, whyOf, type Cell } from './cell';
import { clients } from './clients';
import { columns } from './columns';
import { knownFailure } from './known-failures';
import { keyOf, tablePath, tableText } from './table';

describe('Conformance: official clients through FLM', () => {
  const seen = new Map<string, Cell>();
  let expected = 0;

  for (const client of clients) {
    describe(client.title, () => {
      for (const row of client.rows) {
        for (const column of columns) {
          const key = keyOf(client, row.feature, column.kind);
          expected++;
          it(`${row.feature}: ${column.label}`, async () => {
            const cell = await cellOf(row, column);

            seen.set(key, cell);
            if (knownFailure(column.kind, row.feature) !== undefined)
              assert.equal(cell.result, 'fails', 'works now: take it off the list');
            else if (cell.result === 'fails') assert.fail(whyOf(cell));
          });
        }
      }
    });
  }

  // In a group of its own: mocha runs tests before groups.
  describe('the table', () => {
    it('is what src/proxy/CONFORMANCE.md says', async function () {
      if (seen.size < expected) this.skip(); // a part of the cells was asked for

      const text = await tableText(clients, seen);

      if (process.env['FLM_WRITE_CONFORMANCE'] !== undefined) writeFileSync(tablePath, text);
      assert.equal(readFileSync(tablePath, 'utf8').replaceAll('\r\n', '\n'), text, 'run node scripts/conformance.mjs');
    });
  });
});

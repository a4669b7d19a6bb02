import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { repairNames } from '../../../../src/proxy/repairs/repair-table';

const quoted = (text: string): string[] => [...text.matchAll(/`([a-z0-9-]+)`/g)].map(([, name]) => name ?? '');

describe('the names of repairs', () => {
  it('stand in the table of the README, in their order', () => {
    const rows = readFileSync('src/proxy/repairs/README.md', 'utf8').match(/^\| `[a-z0-9-]+`/gm) ?? [];

    assert.deepEqual(rows.flatMap(quoted), repairNames);
  });

  for (const file of ['package.nls.json', 'package.nls.ja.json']) {
    it(`stand in the text of the setting (${file})`, () => {
      const texts = JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>;
      const named = quoted(texts['setting.proxy.repairs.disabled.description'] ?? '');

      assert.deepEqual(named.filter((name) => name !== 'x-flm-repair').sort(), [...repairNames].sort());
    });
  }
});

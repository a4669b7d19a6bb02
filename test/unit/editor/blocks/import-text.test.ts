import assert from 'node:assert/strict';
import { importPage, importText } from '../../../../src/editor/blocks/import-text';
import { english } from '../editor-facts';

const refused = [{ line: 3, text: 'exam|ple.org', why: 'is no IP address or CIDR range' }];

describe('what became of an imported blocklist', () => {
  it('is one sentence when all went well', () => {
    const report = { added: 1200, kept: 3, refused: [], refusedTotal: 0 };

    assert.equal(importText(english, report), '1,200 added, 3 there already, 0 refused.');
  });

  it('lists the refused lines with the reason, as text', () => {
    const page = importPage(english, { added: 0, kept: 0, refused, refusedTotal: 101 });

    assert.match(page, /\| 3 \| exam\\\|ple\\\.org \| is no IP address or CIDR range \|/);
    assert.match(page, /100 more are not listed/);
  });
});

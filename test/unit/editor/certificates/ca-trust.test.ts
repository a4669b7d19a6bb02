import assert from 'node:assert/strict';
import { trustGuides, trustPage } from '../../../../src/editor/certificates/ca-trust';
import { english } from '../editor-facts';

const ca = { name: "o'brien ca.pem", thumbprint: 'AB12', endpoint: 'https://192.168.1.20:11435/v1' };

describe('how others are told to trust the local CA', () => {
  it('holds the file’s name as one word in every command', () => {
    for (const { shell, trust, remove } of trustGuides(english, ca)) {
      const quoted = shell === 'powershell' ? "'o''brien ca.pem'" : String.raw`'o'\''brien ca.pem'`;
      for (const command of [...trust, ...remove].filter((line) => line.includes('brien'))) {
        assert.ok(command.includes(quoted), command);
      }
    }
  });

  it('has a way back for every system that keeps it', () => {
    const guides = trustGuides(english, ca);
    const kept = guides.filter(({ name }) => /Windows|macOS|Debian|Fedora|Node|Python/.test(name));

    assert.equal(kept.length, 6);
    assert.ok(kept.every(({ trust, remove }) => trust.length > 0 && remove.length > 0));
    assert.match(guides[0]!.remove[0]!, /CurrentUser\\Root\\AB12$/);
    assert.match(guides[1]!.remove[0]!, /-Z AB12 /);
  });

  it('is a page with all of them and the fingerprint to compare', () => {
    const page = trustPage(english, ca, 'AA:BB');

    for (const { name } of trustGuides(english, ca)) assert.ok(page.includes(`## ${name}`), name);
    assert.match(page, /SHA-256\) there: `AA:BB`/);
    assert.ok(!trustPage(english, ca, undefined).includes('SHA-256'));
  });
});

import assert from 'node:assert/strict';
import { holesOf, isMeaningfulVersion, knownHoles } from '../../../../src/gateway/checkup/known-holes';
import { compareVersions } from '../../../../src/gateway/checkup/version-order';

describe('the table of known holes', () => {
  it('names each hole once, with a source and versions in order', () => {
    assert.equal(new Set(knownHoles.map(({ id }) => id)).size, knownHoles.length);
    for (const { id, since, fixedIn, source } of knownHoles) {
      assert.match(source, /^https:\/\//, id);
      assert.equal(compareVersions(fixedIn, fixedIn), 0, id);
      if (since !== undefined) assert.equal(compareVersions(since, fixedIn), -1, id);
    }
  });

  it('finds the holes of a version, up to the one that is fixed', () => {
    const ids = (version: string) => holesOf('ollama', version).map(({ id }) => id);

    assert.ok(ids('0.1.33').includes('CVE-2024-37032'));
    assert.ok(!ids('0.1.34').includes('CVE-2024-37032'));
    assert.deepEqual(ids('0.17.0'), ['CVE-2026-7482']);
    assert.deepEqual(ids('0.17.1'), []);
  });

  it('leaves out what came in only later', () => {
    assert.ok(!holesOf('vllm', '0.8.2').some(({ id }) => id === 'CVE-2026-22778'));
    assert.ok(holesOf('vllm', '0.8.3').some(({ id }) => id === 'CVE-2026-22778'));
    assert.ok(!holesOf('llamacpp', 'b8000').some(({ id }) => id === 'CVE-2026-107183'));
  });

  it('says nothing of versions that mean nothing', () => {
    for (const version of ['0.0.0', 'b1-abc', 'main', '']) {
      assert.equal(isMeaningfulVersion(version), false, version);
      assert.deepEqual([...holesOf('ollama', version), ...holesOf('llamacpp', version)], [], version);
    }
  });
});

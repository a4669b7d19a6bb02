import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createPipeAddress, makePrivateFolder, type PipePlace } from '../../../../src/gateway/lease/pipe-address';

describe('pipe address', () => {
  let base: string;

  beforeEach(() => (base = mkdtempSync(join(tmpdir(), 'flm-pipe-'))));
  afterEach(() => rmSync(base, { recursive: true, force: true }));

  const place = (change: Partial<PipePlace>): PipePlace => ({
    platform: 'linux',
    dataDir: base,
    runtimeDir: undefined,
    tempDir: base,
    uid: process.getuid?.(),
    ...change,
  });
  const longDir = () => join(base, 'x'.repeat(120));

  it('lies in the data folder where that is short enough', () => {
    assert.equal(dirname(createPipeAddress(place({}))), base);
  });

  it('is another one each time', () => {
    assert.notEqual(createPipeAddress(place({})), createPipeAddress(place({})));
  });

  it('is a random name on Windows', () => {
    assert.match(createPipeAddress(place({ platform: 'win32' })), /^\\\\\.\\pipe\\flm-[0-9a-z]{24}$/);
  });

  it('lies in a private folder of the runtime folder where the data folder is too long', function () {
    if (process.platform === 'win32') this.skip();

    const address = createPipeAddress(place({ dataDir: longDir(), runtimeDir: base, tempDir: '/nowhere' }));

    assert.ok(address.startsWith(base));
    assert.ok(Buffer.byteLength(address) <= 103);
    assert.equal(statSync(dirname(address)).mode & 0o777, 0o700);
  });

  it('counts bytes, not characters', function () {
    if (process.platform === 'win32') this.skip();

    const address = createPipeAddress(place({ dataDir: join(base, '語'.repeat(28)) }));

    assert.ok(Buffer.byteLength(address) <= 103);
  });

  it('is not put behind a link that somebody else laid', function () {
    if (process.platform === 'win32') this.skip();
    symlinkSync(base, join(base, 'link'));

    assert.equal(makePrivateFolder(join(base, 'link'), process.getuid?.()), false);
  });
});

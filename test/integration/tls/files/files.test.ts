import assert from 'node:assert/strict';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TlsPolicy } from '../../../../src/core/tls';
import type { KeptPair } from '../../../../src/tls/pair-file';
import { makeAuthority, type TestAuthority } from '../../../helpers/tls/authority';
import { dayMs, makeKeeper, nextChange, temporaryFolder } from '../../../unit/tls/support';

const now = Date.UTC(2026, 0, 1);
const pollMs = 60_000;

describe('certificate in files of the user', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let authority: TestAuthority;
  let made: ReturnType<typeof makeKeeper>;
  before(async () => {
    authority = await makeAuthority(now);
  });
  beforeEach(async () => {
    folder = await temporaryFolder();
    made = makeKeeper(folder.path);
  });
  afterEach(async () => {
    await made.keeper.stop();
    await folder.remove();
  });

  const certFile = () => join(folder.path, 'fullchain.pem');
  const keyFile = () => join(folder.path, 'privkey.pem');
  const policy = (): TlsPolicy => ({ mode: 'files', certFile: certFile(), keyFile: keyFile() });
  async function put({ cert, key }: Partial<KeptPair>): Promise<void> {
    if (cert !== undefined) await writeFile(certFile(), cert);
    if (key !== undefined) await writeFile(keyFile(), key);
  }

  it('is used as it is', async () => {
    const pair = await authority.issue(['server.lan']);
    await put(pair);

    await made.keeper.start(policy(), []);

    assert.equal(made.keeper.state.phase, 'ready');
    assert.ok(made.keeper.state.certificate!.names.includes('server.lan'));
    assert.equal(made.keeper.material()!.cert.trim(), pair.cert.trim());
    assert.deepEqual(made.events, []);
  });

  it('fails with the file by name when it is not there, is a folder, or is far too large', async () => {
    await made.keeper.start(policy(), []);
    assert.deepEqual(made.keeper.state.notice, { code: 'tls.fileUnreadable', args: [certFile(), 'ENOENT'] });
    assert.equal(made.keeper.state.phase, 'failed');

    await mkdir(certFile());
    await made.keeper.renew();
    assert.deepEqual(made.keeper.state.notice, { code: 'tls.fileUnreadable', args: [certFile(), 'not a file'] });

    await rm(certFile(), { recursive: true });
    await writeFile(certFile(), Buffer.alloc(2_000_000));
    await made.keeper.renew();
    assert.deepEqual(made.keeper.state.notice, { code: 'tls.fileUnreadable', args: [certFile(), 'larger than 1 MB'] });
  });

  it('comes into use when the files appear', async () => {
    await made.keeper.start(policy(), []);
    await put(await authority.issue(['server.lan']));

    await made.keeper.renew();

    assert.equal(made.keeper.state.phase, 'ready');
    assert.equal(made.keeper.state.notice, undefined);
  });

  it('is read again within a minute where the system does not tell of changes', async () => {
    await put(await authority.issue(['old.lan']));
    await made.keeper.start(policy(), []);
    await put(await authority.issue(['new.lan']));
    const changed = nextChange(made.keeper);

    made.clock.advance(pollMs);
    await changed;

    assert.ok(made.keeper.state.certificate!.names.includes('new.lan'));
    assert.deepEqual(
      made.events.map(({ kind }) => kind),
      ['issued'],
    );
  });

  describe('that are exchanged for bad ones', () => {
    let good: KeptPair;
    beforeEach(async () => {
      good = await authority.issue(['server.lan']);
      await put(good);
      await made.keeper.start(policy(), []);
    });

    it('stays the one before, and says why', async () => {
      const other = await authority.issue(['other.lan']);
      await put({ cert: other.cert });

      await made.keeper.renew();

      assert.equal(made.keeper.state.phase, 'ready');
      assert.equal(made.keeper.material()!.cert.trim(), good.cert.trim());
      assert.equal(made.keeper.state.notice?.code, 'tls.keptEarlier');
      assert.deepEqual(made.keeper.state.cause, { code: 'tls.keyMismatch', args: [keyFile(), certFile()] });
    });

    it('is told once, however often it is read', async () => {
      await put({ key: 'nothing' });

      await made.keeper.renew();
      await made.keeper.renew();

      assert.deepEqual(
        made.events.map(({ kind }) => kind),
        ['failed'],
      );
    });

    it('is well again with the good ones back, without a word about a new certificate', async () => {
      await put({ key: 'nothing' });
      await made.keeper.renew();
      await put(good);

      await made.keeper.renew();

      assert.equal(made.keeper.state.notice, undefined);
      assert.deepEqual(
        made.events.map(({ kind }) => kind),
        ['failed'],
      );
    });
  });

  it('warns 30, 7 and 1 day before its end, and is not served after it', async () => {
    await put(await authority.issue(['server.lan'], now));
    await made.keeper.start(policy(), []);
    const kinds = () => made.events.map(({ kind }) => kind);
    const left = made.keeper.state.certificate!.notAfter - made.clock.now();

    made.clock.advance(left - 31 * dayMs);
    assert.deepEqual(kinds(), []);
    made.clock.advance(dayMs);
    assert.equal(made.keeper.state.notice?.code, 'tls.expiresSoon');
    made.clock.advance(23 * dayMs);
    made.clock.advance(6 * dayMs);
    assert.deepEqual(kinds(), ['expires-soon', 'expires-soon', 'expires-soon']);
    made.clock.advance(dayMs);

    assert.equal(made.keeper.state.phase, 'failed');
    assert.equal(made.keeper.state.notice.code, 'tls.expired');
    assert.equal(made.keeper.material(), undefined);
  }).timeout(20_000);

  it('leaves no timer and no watcher behind', async () => {
    await put(await authority.issue(['server.lan']));
    await made.keeper.start(policy(), []);

    await made.keeper.stop();

    assert.equal(made.clock.pending, 0);
  });
});

import assert from 'node:assert/strict';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { chmod, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { KeeperDeps } from '../../../../src/tls/keeper-deps';
import { dayMs, makeKeeper, nextChange, temporaryFolder } from '../../../unit/tls/support';

const policy = { mode: 'self-signed' } as const;

describe('certificate of the local CA', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let stops: (() => Promise<void>)[];
  beforeEach(async () => {
    folder = await temporaryFolder();
    stops = [];
  });
  afterEach(async () => {
    await Promise.all(stops.map((stop) => stop()));
    await folder.remove();
  });

  async function started(names: readonly string[] = ['192.168.1.20'], deps: Partial<KeeperDeps> = {}, startAt = 0) {
    const made = makeKeeper(folder.path, deps);
    made.clock.advance(startAt);
    stops.push(() => made.keeper.stop());
    await made.keeper.start(policy, names);
    const leaf = () => new X509Certificate(made.keeper.material()!.cert);
    const ca = () => new X509Certificate(made.keeper.caCertificate()!);
    return { ...made, leaf, ca };
  }

  it('is for the given addresses, the host names and this machine', async () => {
    const { keeper } = await started(['192.168.1.20', 'fe80::1%eth0', 'Gateway.lan']);

    assert.equal(keeper.state.phase, 'ready');
    assert.deepEqual(
      [...keeper.state.certificate!.names].sort(),
      ['127.0.0.1', '192.168.1.20', '::1', 'fe80::1', 'gateway.lan', 'localhost', 'buildbox', 'buildbox.local'].sort(),
    );
  });

  it('lives 397 days at most, its CA ten years', async () => {
    const { leaf, ca, clock } = await started();
    const life = (c: X509Certificate) => (Date.parse(c.validTo) - Date.parse(c.validFrom)) / dayMs;

    assert.equal(life(leaf()), 397);
    assert.equal(life(ca()), 3650);
    assert.ok(Date.parse(leaf().validFrom) < clock.now(), 'for clocks that are behind');
  });

  it('is signed by a CA that may sign nothing but servers, of private names and this machine', async () => {
    const { leaf, ca } = await started();

    assert.ok(leaf().verify(ca().publicKey));
    assert.ok(leaf().checkIssued(ca()));
    assert.ok(ca().ca && !leaf().ca);
    const der = ca().raw.toString('hex');
    assert.ok(der.includes('30060101ff020100'), 'path length 0');
    assert.ok(der.includes('0603551d1e0101ff'), 'name constraints, critical');
    assert.ok(leaf().raw.toString('hex').includes('06082b06010505070301'), 'server authentication');
  });

  it('keeps its keys from others', async () => {
    await started();
    const tls = join(folder.path, 'tls');
    const files = (await readdir(tls)).sort();

    assert.deepEqual(files, ['flm-ca.crt', 'local-ca.pem', 'server.pem']);
    if (process.platform === 'win32') return;
    assert.equal((await stat(tls)).mode & 0o777, 0o700);
    for (const file of files) assert.equal((await stat(join(tls, file))).mode & 0o777, 0o600, file);
  });

  it('closes a key file that was opened to others', async function () {
    if (process.platform === 'win32') this.skip();
    await started();
    const file = join(folder.path, 'tls', 'local-ca.pem');
    await chmod(file, 0o644);

    await started();

    assert.equal((await stat(file)).mode & 0o777, 0o600);
  });

  it('says nothing of a key in its state and its events', async () => {
    const { keeper, events } = await started();
    const told = JSON.stringify([keeper.state, events]);

    assert.ok(!told.includes('PRIVATE'));
    assert.ok(!told.includes(createPrivateKey(keeper.material()!.key).export({ format: 'jwk' }).d!));
  });

  it('exports the CA without its key, and names file and fingerprint', async () => {
    const { keeper, ca } = await started();
    const exported = await readFile(keeper.state.caFile!, 'utf8');

    assert.ok(!exported.includes('PRIVATE'));
    assert.equal(new X509Certificate(exported).fingerprint256, keeper.state.caFingerprint);
    assert.equal(ca().fingerprint256, keeper.state.caFingerprint);
  });

  it('is the same after a restart', async () => {
    const first = await started();
    const second = await started();

    assert.deepEqual(second.keeper.material(), first.keeper.material());
    assert.equal(second.keeper.state.caFingerprint, first.keeper.state.caFingerprint);
    assert.deepEqual(second.events, []);
  });

  it('is made anew when the addresses change, by the same CA', async () => {
    const { keeper, leaf, ca } = await started(['192.168.1.20']);
    const before = { leaf: leaf().fingerprint256, ca: ca().fingerprint256 };

    await keeper.configure(policy, ['10.0.0.7']);

    assert.notEqual(leaf().fingerprint256, before.leaf);
    assert.equal(ca().fingerprint256, before.ca);
    assert.ok(keeper.state.certificate!.names.includes('10.0.0.7'));
    assert.ok(!keeper.state.certificate!.names.includes('192.168.1.20'));
  });

  it('stays when the same addresses come in another order', async () => {
    const { keeper, leaf, events } = await started(['192.168.1.20', '10.0.0.7']);
    const before = leaf().fingerprint256;

    await keeper.configure({ ...policy }, ['10.0.0.7', '192.168.1.20', '10.0.0.7']);

    assert.equal(leaf().fingerprint256, before);
    assert.equal(events.length, 1);
  });

  it('is renewed by itself at two thirds of its life', async () => {
    const { keeper, leaf, clock, events } = await started();
    const before = leaf().fingerprint256;
    const at = keeper.state.renewsAt!;
    assert.ok(Math.abs(at - (Date.parse(leaf().validFrom) + (397 * dayMs * 2) / 3)) <= dayMs);

    const renewed = nextChange(keeper);
    clock.advance(at - clock.now() + 1);
    await renewed;

    assert.notEqual(leaf().fingerprint256, before);
    assert.deepEqual(
      events.map(({ kind }) => kind),
      ['issued', 'issued'],
    );
  });

  it('is made anew when asked for', async () => {
    const { keeper, leaf, ca } = await started();
    const before = { leaf: leaf().fingerprint256, ca: ca().fingerprint256 };

    await keeper.renew();

    assert.notEqual(leaf().fingerprint256, before.leaf);
    assert.equal(ca().fingerprint256, before.ca);
  });

  describe('whose CA comes to its end', () => {
    it('gets one with the same key ahead of it, so that devices that trust the earlier one go on', async () => {
      const first = await started();
      const oldCa = first.ca();
      await first.keeper.stop();

      const { keeper, ca, leaf } = await started(undefined, {}, 3650 * dayMs - 400 * dayMs);

      assert.notEqual(ca().fingerprint256, oldCa.fingerprint256);
      assert.deepEqual(ca().publicKey.export({ format: 'jwk' }), oldCa.publicKey.export({ format: 'jwk' }));
      assert.ok(leaf().verify(oldCa.publicKey) && leaf().checkIssued(oldCa));
      assert.equal(keeper.state.notice?.code, 'tls.caRenewed');
    });

    it('gets another CA after it', async () => {
      const first = await started();
      await first.keeper.stop();

      const { keeper, ca } = await started(undefined, {}, 3651 * dayMs);

      assert.notDeepEqual(ca().publicKey.export({ format: 'jwk' }), first.ca().publicKey.export({ format: 'jwk' }));
      assert.equal(keeper.state.notice?.code, 'tls.caReplaced');
    });
  });

  describe('whose files are damaged', () => {
    const damages: readonly (readonly [string, (text: string) => string])[] = [
      ['empty', () => ''],
      ['cut in the middle', (text) => text.slice(0, Math.floor(text.length / 2))],
      ['without its key', (text) => text.slice(text.indexOf('-----BEGIN CERTIFICATE'))],
      ['binary', () => '\u0000\u0001\u0002'],
      ['with a bit turned over', (text) => text.replace(/[a-z](?=[A-Z])/, (char) => (char === 'q' ? 'r' : 'q'))],
    ];
    for (const [what, damage] of damages) {
      it(`has a new CA when that is ${what}, keeps the old file and says so`, async () => {
        const file = join(folder.path, 'tls', 'local-ca.pem');
        const first = await started();
        const damaged = damage(await readFile(file, 'utf8'));
        await writeFile(file, damaged);

        const { keeper, leaf, ca } = await started();

        assert.notEqual(ca().fingerprint256, first.ca().fingerprint256);
        assert.ok(leaf().verify(ca().publicKey));
        assert.equal(keeper.state.notice?.code, 'tls.caReplaced');
        assert.equal(await readFile(String(keeper.state.notice.args[1]), 'utf8'), damaged);
      });
    }

    it('is made anew by the same CA when it is the certificate', async () => {
      const first = await started();
      await writeFile(join(folder.path, 'tls', 'server.pem'), '-----BEGIN');

      const { keeper, ca } = await started();

      assert.equal(ca().fingerprint256, first.ca().fingerprint256);
      assert.equal(keeper.state.phase, 'ready');
      assert.equal(keeper.state.notice?.code, 'tls.fileReplaced');
    });

    it('is made anew when it is that of another CA', async () => {
      const file = join(folder.path, 'tls', 'server.pem');
      await started();
      const foreign = await readFile(file, 'utf8');
      await writeFile(join(folder.path, 'tls', 'local-ca.pem'), 'gone');
      await started();
      await writeFile(file, foreign);

      const { leaf, ca } = await started();

      assert.ok(leaf().verify(ca().publicKey));
    });
  });

  it('serves from memory when the disk takes nothing, and says so', async () => {
    const { keeper, ca } = await started(undefined, {
      writeFile: () => Promise.reject(Object.assign(new Error('no space left on device'), { code: 'ENOSPC' })),
    });
    const before = ca().fingerprint256;
    assert.equal(keeper.state.phase, 'ready');
    assert.equal(keeper.state.notice?.code, 'tls.notKept');

    await keeper.configure(policy, ['10.0.0.7']);

    assert.equal(ca().fingerprint256, before, 'devices may have been told to trust it');
  });

  describe('for a name its CA may not vouch for', () => {
    it('leaves that name out and says so', async () => {
      const { keeper, ca } = await started();
      const before = ca().fingerprint256;

      await keeper.configure(policy, ['bank.example.com']);

      assert.deepEqual(keeper.state.notice, { code: 'tls.nameNotCovered', args: ['bank.example.com'] });
      assert.ok(!keeper.state.certificate!.names.includes('bank.example.com'));
      assert.equal(ca().fingerprint256, before);
    });

    it('gets another CA only when a person renews', async () => {
      const { keeper, ca } = await started();
      const before = ca().fingerprint256;
      await keeper.configure(policy, ['pc1.example.com']);

      await keeper.renew();

      assert.notEqual(ca().fingerprint256, before);
      assert.ok(keeper.state.certificate!.names.includes('pc1.example.com'));
      assert.equal(keeper.state.notice?.code, 'tls.caReplaced');
    });
  });

  it('leaves no timer behind', async () => {
    const { keeper, clock } = await started();

    await keeper.stop();

    assert.equal(clock.pending, 0);
  });
});

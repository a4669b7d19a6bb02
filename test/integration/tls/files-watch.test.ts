import assert from 'node:assert/strict';
import { mkdir, rename, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { silentLogger } from '../../../src/core/logger';
import { systemClock } from '../../../src/core/clock';
import type { CertificateKeeper } from '../../../src/core/tls';
import { writeFileAtomic } from '../../../src/gateway/atomic-file';
import { createCertificateKeeper } from '../../../src/tls/main';
import { makeAuthority, type TestAuthority } from '../../helpers/tls/authority';
import { temporaryFolder } from '../../unit/tls/support';

describe('watched certificate files', function () {
  this.timeout(20_000);
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let authority: TestAuthority;
  let keeper: CertificateKeeper;
  before(async () => {
    authority = await makeAuthority();
  });
  beforeEach(async () => {
    folder = await temporaryFolder();
    keeper = createCertificateKeeper({
      folder: folder.path,
      clock: systemClock,
      logger: silentLogger,
      writeFile: writeFileAtomic,
    });
  });
  afterEach(async () => {
    await keeper.stop();
    await folder.remove();
  });

  const path = (...parts: string[]) => join(folder.path, ...parts);
  async function put(where: string, name: string): Promise<void> {
    const pair = await authority.issue([name]);
    await mkdir(where, { recursive: true });
    await writeFile(join(where, 'fullchain.pem'), pair.cert + authority.cert);
    await writeFile(join(where, 'privkey.pem'), pair.key);
  }
  async function startWith(where: string): Promise<void> {
    const [certFile, keyFile] = [join(where, 'fullchain.pem'), join(where, 'privkey.pem')];
    await keeper.start({ mode: 'files', certFile, keyFile }, []);
    assert.equal(keeper.state.phase, 'ready', JSON.stringify(keeper.state));
  }
  /** Well before the minute after which files are looked at anyway: the test's own time limit. */
  async function untilNamed(name: string): Promise<void> {
    if (keeper.state.certificate?.names.includes(name) === true) return;
    await new Promise<void>((resolve) => {
      keeper.onDidChange(() => {
        if (keeper.state.certificate?.names.includes(name) === true) resolve();
      });
    });
  }

  it('are read again when they are written over', async () => {
    await put(path('own'), 'one.lan');
    await startWith(path('own'));

    await put(path('own'), 'two.lan');

    await untilNamed('two.lan');
  });

  it('are read again when links are exchanged, as certbot does, more than once', async function () {
    if (process.platform === 'win32') this.skip();
    const link = async (target: string): Promise<void> => {
      for (const file of ['fullchain.pem', 'privkey.pem']) {
        await symlink(join('..', target, file), path('live', `${file}.new`));
        await rename(path('live', `${file}.new`), path('live', file));
      }
    };
    await put(path('archive1'), 'one.lan');
    await put(path('archive2'), 'two.lan');
    await put(path('archive3'), 'three.lan');
    await mkdir(path('live'));
    await link('archive1');
    await startWith(path('live'));

    await link('archive2');
    await untilNamed('two.lan');
    await link('archive3');

    await untilNamed('three.lan');
  });

  it('are read again when they change where the links lead', async function () {
    if (process.platform === 'win32') this.skip();
    await put(path('archive'), 'one.lan');
    await mkdir(path('live'));
    for (const file of ['fullchain.pem', 'privkey.pem']) await symlink(path('archive', file), path('live', file));
    await startWith(path('live'));

    await put(path('archive'), 'two.lan');

    await untilNamed('two.lan');
  });
});

import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { systemClock } from '../../../src/core/clock';
import { silentLogger } from '../../../src/core/logger';
import type { CertificateKeeper } from '../../../src/core/tls';
import { writeFileAtomic } from '../../../src/gateway/atomic-file';
import type * as main from '../../../src/tls/main';
import { pebbleOrSkip, startPebble, type Pebble } from '../../helpers/tls/pebble';
import { temporaryFolder } from '../../unit/tls/support';

/** What ships: built with stand-ins for packages that acme-client loads and FLM does not use. */
describe('built dist/tls.js', function () {
  this.timeout(60_000);
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let keeper: CertificateKeeper;
  beforeEach(async () => {
    folder = await temporaryFolder();
    const { createCertificateKeeper } = createRequire(__filename)(resolve('dist/tls.js')) as typeof main;
    keeper = createCertificateKeeper({
      folder: folder.path,
      clock: systemClock,
      logger: silentLogger,
      writeFile: writeFileAtomic,
      challengeHost: '127.0.0.1',
    });
  });
  afterEach(async () => {
    await keeper.stop();
    await folder.remove();
  });

  it('makes a certificate of the local CA', async () => {
    await keeper.start({ mode: 'self-signed' }, ['192.168.1.20']);

    assert.equal(keeper.state.phase, 'ready', JSON.stringify(keeper.state));
    const leaf = new X509Certificate(keeper.material()!.cert);
    assert.ok(leaf.verify(new X509Certificate(keeper.caCertificate()!).publicKey));
  });

  describe('with an ACME server (Pebble)', () => {
    let pebble: Pebble | undefined;
    before(async function () {
      pebble = await startPebble(pebbleOrSkip(this));
    });
    after(async () => {
      await pebble?.stop();
    });

    it('has one issued', async () => {
      const policy = {
        mode: 'acme',
        acme_domain: 'gateway.example.org',
        acme_email: 'admin@example.org',
        acme_terms: true,
        acme_directory: pebble!.directoryUrl,
        acme_caFile: pebble!.caFile,
        acme_httpPort: pebble!.httpPort,
      } as const;

      await keeper.start(policy, []);

      assert.equal(keeper.state.phase, 'ready', JSON.stringify(keeper.state));
    });
  });
});

import assert from 'node:assert/strict';
import { FlmError } from '../../../src/core/errors';
import { HeadlessGateway } from '../../helpers/headless-gateway';
import { pebbleOrSkip, startPebble, type Pebble } from '../../helpers/tls/pebble';
import { builtGateway } from '../gateway/built-gateway';

describe('revoking the certificate of a gateway', function () {
  this.timeout(60_000);
  let pebble: Pebble | undefined;
  let gateway: HeadlessGateway;

  before(async function () {
    pebble = await startPebble(pebbleOrSkip(this));
    await builtGateway();
  });
  after(() => pebble?.stop());
  beforeEach(async () => {
    gateway = await HeadlessGateway.start();
  });
  afterEach(() => gateway.dispose());

  it('is refused while no CA could be told', async () => {
    await assert.rejects(gateway.request('tls/revoke', {}), (error) => FlmError.is(error, 'invalid_request'));
  });

  it('leads to another certificate, and both stand in the audit log', async () => {
    const { directoryUrl, caFile, httpPort } = pebble!;
    await gateway.setPolicy({
      tls: {
        mode: 'acme',
        acme_domain: 'gateway.example.org',
        acme_email: 'me@example.org',
        acme_terms: true,
        acme_directory: directoryUrl,
        acme_caFile: caFile,
        acme_httpPort: httpPort,
      },
    });
    const first = await gateway.until('there is a certificate', () => gateway.sharings.at(-1)?.tls.certificate);

    const after = await gateway.request('tls/revoke', {});

    assert.equal(after.phase, 'ready');
    assert.notEqual(after.certificate?.fingerprint, first.fingerprint);
    const rows = await gateway.audit({ kinds: ['certificate.issued', 'certificate.revoked'] });
    assert.deepEqual(rows.map(({ kind, details }) => [kind, details?.fingerprint]).reverse(), [
      ['certificate.issued', first.fingerprint],
      ['certificate.revoked', first.fingerprint],
      ['certificate.issued', after.certificate?.fingerprint],
    ]);
  });
});

import assert from 'node:assert/strict';
import { reason } from '../../../../src/core/reason';
import { recordTlsEvents } from '../../../../src/gateway/exposure/tls-audit';

describe('certificates in the audit log', () => {
  it('are rows by what happened, with the certificate in use', () => {
    const rows: unknown[] = [];
    const tell = recordTlsEvents((...row) => rows.push(row));
    const certificate = { names: ['a.lan'], issuer: 'CA', notBefore: 0, notAfter: 1, fingerprint: 'AA:BB' };

    tell({ kind: 'issued', reason: reason('tls.issued', 'a.lan', 'CA', '2027-01-01'), certificate });
    tell({ kind: 'expires-soon', reason: reason('tls.expiresSoon', 'c.pem', '2027-01-01'), certificate });
    tell({ kind: 'revoked', reason: reason('tls.revoked', 'a.lan', '2027-01-01'), certificate });
    tell({ kind: 'failed', reason: reason('tls.failed', 'x'.repeat(5000)) });

    const what = 'A certificate for a.lan, issued by CA, is in use. It is valid until 2027-01-01.';
    assert.deepEqual(rows[0], ['certificate.issued', { what, fingerprint: 'AA:BB' }, 'info']);
    assert.deepEqual((rows[1] as unknown[])[0], 'certificate.expiring');
    const revoked = 'The certificate for a.lan, valid until 2027-01-01, was revoked.';
    assert.deepEqual(rows[2], ['certificate.revoked', { what: revoked, fingerprint: 'AA:BB' }, 'medium']);
    const [kind, details, severity] = rows[3] as [string, { what: string }, string];
    assert.deepEqual([kind, severity, details.what.length], ['certificate.failed', 'medium', 600]);
  });
});

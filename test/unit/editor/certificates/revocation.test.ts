import assert from 'node:assert/strict';
import { reason } from '../../../../src/core/reason';
import type { TlsState } from '../../../../src/core/tls';
import { revocationQuestion, revocationResult } from '../../../../src/editor/certificates/revocation';
import { english } from '../editor-facts';
import { ready } from '../sharing-facts';

const before: TlsState = { ...ready, mode: 'acme' };
const renewed: TlsState = { ...before, certificate: { ...before.certificate!, fingerprint: 'CC:DD' } };

describe('revoking a certificate', () => {
  it('says whom it is for and what happens next before it is done', () => {
    const { message, detail } = revocationQuestion(english, before);

    assert.equal(message, 'Revoke the certificate for 192.168.1.20?');
    assert.match(detail, /cannot be taken back/);
    assert.match(detail, /new certificate with a new key/);
  });

  it('is asked about also while there is no certificate', () => {
    assert.equal(revocationQuestion(english, { mode: 'acme', phase: 'failed' }).message, 'Revoke the certificate?');
  });

  it('lets no name of a certificate become a link', () => {
    const certificate = { ...before.certificate!, names: ['[a](command:x)'] };

    assert.ok(!revocationQuestion(english, { ...before, certificate }).message.includes('](command'));
  });

  it('is confirmed with the end of the new certificate', () => {
    const { text, isWarning } = revocationResult(english, before, renewed);

    assert.match(text, /^Certificate revoked; the new one is valid until .*2027/);
    assert.equal(isWarning, false);
  });

  it('warns that the certificate is still in use when the CA did not take it, and why', () => {
    const cause = reason('tls.failed', 'nobody answers');
    const after = { ...before, notice: reason('tls.keptEarlier', '2027-01-01'), cause };

    const { text, isWarning } = revocationResult(english, before, after);

    assert.match(text, /could not be revoked and is still in use\. .*nobody answers/);
    assert.equal(isWarning, true);
  });

  it('warns when there is no new certificate yet, and why', () => {
    const after: TlsState = { mode: 'acme', phase: 'failed', notice: reason('tls.failed', 'too many') };

    const { text, isWarning } = revocationResult(english, before, after);

    assert.match(text, /is revoked, and there is no new one yet\. .*too many/);
    assert.equal(isWarning, true);
  });
});

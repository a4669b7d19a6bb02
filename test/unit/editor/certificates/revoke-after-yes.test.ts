import assert from 'node:assert/strict';
import { FlmError } from '../../../../src/core/errors';
import { reason } from '../../../../src/core/reason';
import type { TlsState } from '../../../../src/core/tls';
import { revokeAfterYes } from '../../../../src/editor/certificates/revoke-after-yes';
import { connected, english } from '../editor-facts';
import { FakeGateway } from '../fake-gateway';
import { makeSharing, ready } from '../sharing-facts';

const before: TlsState = { ...ready, mode: 'acme' };
const renewed: TlsState = { ...before, certificate: { ...before.certificate!, fingerprint: 'CC:DD' } };

/** What a person answers, what the gateway does, and all that was shown. */
async function revoke(answer: 'yes' | 'no', tls = before, after: () => TlsState | Promise<TlsState> = () => renewed) {
  const shown: string[] = [];
  const gateway = new FakeGateway({ 'tls/revoke': after });
  gateway.status = connected({ sharing: makeSharing({ tls }) });
  const outcome = await revokeAfterYes(gateway, english, {
    agrees: async ({ message }) => {
      shown.push(`asks: ${message}`);
      return answer === 'yes';
    },
    whileRevoking: (work) => work,
    warn: (text) => shown.push(`warns: ${text}`),
    confirm: (text) => shown.push(`confirms: ${text}`),
  }).then(
    () => undefined,
    (error: unknown) => error,
  );
  return { shown, outcome, asked: gateway.asked.map(({ name }) => name) };
}

describe('the command that revokes the certificate', () => {
  it('revokes after a yes, and confirms it', async () => {
    const { shown, asked } = await revoke('yes');

    assert.deepEqual(asked, ['tls/revoke']);
    assert.equal(shown[0], 'asks: Revoke the certificate for 192.168.1.20?');
    assert.match(shown[1] ?? '', /^confirms: Certificate revoked; the new one is valid until/);
  });

  it('does and says nothing without it', async () => {
    const { shown, asked, outcome } = await revoke('no');

    assert.deepEqual(asked, []);
    assert.equal(shown.length, 1);
    assert.equal(outcome, undefined);
  });

  it('warns when the authority did not take it', async () => {
    const { shown } = await revoke('yes', before, () => ({ ...before, cause: reason('tls.failed', 'nobody answers') }));

    assert.match(shown[1] ?? '', /^warns: .*still in use.*nobody answers/);
  });

  it('fails as the gateway fails, and confirms nothing', async () => {
    const failure = new FlmError('internal_error', 'The pipe broke.');
    const { shown, outcome } = await revoke('yes', before, () => Promise.reject(failure));

    assert.equal(outcome, failure);
    assert.equal(shown.length, 1);
  });

  for (const mode of ['off', 'self-signed', 'files'] as const) {
    it(`refuses with a certificate of the kind ${mode}, without asking`, async () => {
      const { shown, asked, outcome } = await revoke('yes', { ...ready, mode });

      assert.ok(FlmError.is(outcome, 'invalid_request'));
      assert.deepEqual([shown, asked], [[], []]);
    });
  }
});

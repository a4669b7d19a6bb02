import { FlmError } from '../../core/errors';
import type { Gateway } from '../gateway-port';
import type { Localizer } from '../localizer';
import { revocationQuestion, revocationResult } from './revocation';

/** How a person is asked and told. */
export interface RevocationWindow {
  /** Asks in the way of everything else. True: yes. */
  agrees(question: { readonly message: string; readonly detail: string }): Promise<boolean>;
  /** Shows that it runs. */
  whileRevoking<T>(work: Promise<T>): Promise<T>;
  warn(text: string): void;
  confirm(text: string): void;
}

/**
 * For a private key that may be in other hands. Narrows only, so that it needs no trust in the workspace. Rejects with
 * `invalid_request` where no certificate of an ACME server is wanted; without a yes nothing happens.
 */
export async function revokeAfterYes(
  gateway: Pick<Gateway, 'status' | 'request'>,
  l10n: Localizer,
  window: RevocationWindow,
): Promise<void> {
  const before = gateway.status.state?.sharing.tls;
  if (before?.mode !== 'acme') {
    throw new FlmError('invalid_request', l10n.t('Only a certificate from an ACME server can be revoked.'));
  }
  if (!(await window.agrees(revocationQuestion(l10n, before)))) return;
  const after = await window.whileRevoking(gateway.request('tls/revoke', {}));
  const { text, isWarning } = revocationResult(l10n, before, after);
  if (isWarning) window.warn(text);
  else window.confirm(text);
}

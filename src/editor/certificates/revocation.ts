import type { TlsState } from '../../core/tls';
import { formatTime } from '../format';
import { localizeReason, type Localizer } from '../localizer';
import { messageText } from '../safe-text';

/** What a person agrees to before a certificate is revoked. */
export function revocationQuestion(
  l10n: Localizer,
  { certificate }: TlsState,
): { readonly message: string; readonly detail: string } {
  const names = messageText((certificate?.names ?? []).join(', '));
  const lines = [
    l10n.t(
      'The certificate authority is told that its private key may be in other hands. Clients stop trusting it, and this cannot be taken back.',
    ),
    l10n.t(
      'FLM then asks for a new certificate with a new key. Until it has one, other machines may refuse to connect. Certificate authorities limit how often that is possible.',
    ),
  ];
  return {
    message: names === '' ? l10n.t('Revoke the certificate?') : l10n.t('Revoke the certificate for {0}?', names),
    detail: lines.join('\n\n'),
  };
}

/** What came of it. `isWarning`: a person has to look after it. */
export function revocationResult(
  l10n: Localizer,
  before: TlsState,
  after: TlsState,
): { readonly text: string; readonly isWarning: boolean } {
  const trouble = after.cause ?? after.notice;
  const why = trouble === undefined ? '' : localizeReason(l10n, trouble, messageText);
  const old = before.certificate?.fingerprint;
  if (old !== undefined && after.certificate?.fingerprint === old) {
    return { text: l10n.t('The certificate could not be revoked and is still in use. {0}', why), isWarning: true };
  }
  if (after.certificate === undefined) {
    return {
      text: l10n.t('The certificate is revoked, and there is no new one yet. {0}', why),
      isWarning: true,
    };
  }
  const end = formatTime(after.certificate.notAfter, l10n.language);
  return { text: l10n.t('Certificate revoked; the new one is valid until {0}', end), isWarning: false };
}

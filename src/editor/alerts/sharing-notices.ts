import type { TlsState } from '../../core/tls';
import type { SharingSummary } from '../../protocol/sharing-rpc';
import type { CommandId } from '../contributions';
import { formatTime } from '../format';
import { localizeReason, type Localizer } from '../localizer';
import { messageText } from '../safe-text';

const dayMs = 24 * 60 * 60 * 1000;
/** Days before the end at which somebody is told: who replaces files by hand needs more of them. */
const daysByHand = [1, 7, 30] as const;
/** With renewal by itself, so near to the end it does not work. */
const daysRenewed = [1, 7] as const;

/** Something about sharing that a person should be told once, without a modal. */
export interface SharingNotice {
  /** The same thing has the same name: it is told once. */
  readonly name: string;
  readonly text: string;
  readonly isWarning: boolean;
  readonly actions: readonly { readonly title: string; readonly command: CommandId }[];
}

/** What is to be told now. A name that was told already is the caller's business. */
export function sharingNotices(l10n: Localizer, sharing: SharingSummary, now: number): readonly SharingNotice[] {
  return [...unconfirmedNotice(l10n, sharing), ...certificateNotices(l10n, sharing.tls, now)];
}

function unconfirmedNotice(l10n: Localizer, { exposure: { unconfirmed } }: SharingSummary): SharingNotice[] {
  if (unconfirmed === undefined) return [];
  return [
    {
      name: `unconfirmed ${unconfirmed.scope} ${(unconfirmed.addresses ?? []).join()}`,
      text: l10n.t(
        'Settings ask FLM to let other machines connect. It does not, until you have looked at it and confirmed it.',
      ),
      isWarning: false,
      actions: [
        { title: l10n.t('Look at It…'), command: 'flm.exposure.change' },
        { title: l10n.t('Keep It Closed'), command: 'flm.exposure.close' },
      ],
    },
  ];
}

function certificateNotices(l10n: Localizer, tls: TlsState, now: number): SharingNotice[] {
  const setUp = { title: l10n.t('Set Up TLS…'), command: 'flm.tls.setUp' } as const;
  const renew = { title: l10n.t('Renew'), command: 'flm.tls.renew' } as const;
  const { phase, notice, certificate, renewsAt } = tls;
  if (phase === 'failed' && notice !== undefined) {
    const text = localizeReason(l10n, notice, messageText);
    return [{ name: `certificate-failed ${notice.code}`, text, isWarning: true, actions: [renew, setUp] }];
  }
  if (certificate === undefined) return [];
  const { notAfter } = certificate;
  const end = formatTime(notAfter, l10n.language);
  if (notAfter <= now) {
    const text = l10n.t('The certificate of FLM ended on {0}. Other machines refuse to connect.', end);
    return [{ name: `certificate-ended ${String(notAfter)}`, text, isWarning: true, actions: [renew, setUp] }];
  }
  const days = (renewsAt === undefined ? daysByHand : daysRenewed).find((limit) => notAfter - now <= limit * dayMs);
  if (days === undefined) return [];
  const text = l10n.t('The certificate of FLM ends on {0}.', end);
  return [
    { name: `certificate-ends ${String(notAfter)} ${String(days)}`, text, isWarning: true, actions: [renew, setUp] },
  ];
}

import type { Clock, Timer } from '../../core/clock';
import { FlmError } from '../../core/errors';
import type { TlsState } from '../../core/tls';
import type { Gateway } from '../gateway-port';
import { localizeReason, type Localizer } from '../localizer';
import { messageText } from '../safe-text';

/** A key pair and a certificate take a second; a slow machine gets time. */
export const certificateWaitMs = 30_000;

/**
 * Resolves when a certificate is in use. Rejects with `config_invalid` saying why when there can be none, or when it
 * takes longer than {@link certificateWaitMs}.
 */
export async function awaitCertificate(
  gateway: Pick<Gateway, 'status' | 'onDidChangeStatus'>,
  clock: Pick<Clock, 'setTimeout'>,
  l10n: Localizer,
): Promise<void> {
  let timer: Timer | undefined;
  const failed = (text: string) => new FlmError('config_invalid', text);
  await new Promise<void>((resolve, reject) => {
    const look = (tls: TlsState | undefined) => {
      if (tls?.phase === 'ready') finish(resolve);
      if (tls?.phase !== 'failed') return;
      const why = tls.notice === undefined ? '' : localizeReason(l10n, tls.notice, messageText);
      finish(() => reject(failed(l10n.t('There is no certificate to encrypt with, so nothing was shared. {0}', why))));
    };
    const subscription = gateway.onDidChangeStatus(({ state }) => look(state?.sharing.tls));
    const finish = (settle: () => void) => {
      subscription.dispose();
      timer?.cancel();
      settle();
    };
    timer = clock.setTimeout(
      () =>
        finish(() =>
          reject(failed(l10n.t('The certificate took too long to make, so nothing was shared. Try again.'))),
        ),
      certificateWaitMs,
    );
    look(gateway.status.state?.sharing.tls);
  });
}

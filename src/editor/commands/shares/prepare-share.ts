import * as vscode from 'vscode';
import { FlmError } from '../../../core/errors';
import type { MachineAddress } from '../../../core/exposure';
import type { CreateShareParams } from '../../../protocol/sharing-rpc';
import type { CommandServices } from '../../command-services';
import type { Localizer } from '../../localizer';
import { withProgress } from '../../progress';
import { awaitCertificate } from '../../shares/await-tls';
import type { Encryption } from '../../shares/share-draft';
import { needsConsent, summaryText, type SummaryFacts } from '../../shares/share-summary';
import { startProxy } from '../../start-proxy';

export interface ShareToPrepare {
  /** What the share will be. */
  readonly params: CreateShareParams;
  readonly machine: readonly MachineAddress[];
  /** What was chosen; undefined: as it is. */
  readonly encryption: Encryption | undefined;
}

/**
 * Everything that has to be before a share can be used: a person's yes, protection as it was chosen, a running proxy.
 * Rejects with `cancelled` without the yes; nothing has changed then.
 */
export async function prepareShare(services: CommandServices, share: ShareToPrepare): Promise<void> {
  const { gateway, l10n } = services;
  const { params, machine, encryption } = share;
  const isProxyOff = (): boolean => gateway.status.state?.proxy.phase !== 'on';
  const isUnencrypted = (gateway.status.state?.sharing.tls.mode ?? 'off') === 'off';
  const protection = encryption ?? (isUnencrypted ? 'plain' : 'encrypted');
  await agree(l10n, { params, machine, protection, isProxyOff: isProxyOff() });
  if (encryption !== undefined) await protect(services, encryption);
  if (isProxyOff()) await startProxy(services);
}

/** Beyond this machine nothing is opened without a person's yes to exactly that. */
async function agree(l10n: Localizer, facts: SummaryFacts): Promise<void> {
  if (!needsConsent(facts.params)) return;
  const { message, detail } = summaryText(l10n, facts);
  const yes = l10n.t('Share');
  const answer = await vscode.window.showWarningMessage(message, { modal: true, detail }, yes);
  if (answer !== yes) throw new FlmError('cancelled', 'Not agreed to');
}

/** Puts the choice into the security policy, where it holds for every share and can be changed. */
async function protect({ gateway, l10n, clock, policy }: CommandServices, encryption: Encryption): Promise<void> {
  const { policy: current } = await gateway.request('policy/get', {});
  const tls = (current as { readonly tls?: object }).tls ?? {};
  const wanted = encryption === 'plain' ? { ...tls, plainHttp: true } : { ...tls, mode: 'self-signed' };
  await policy.file.set({ ...(current as object), tls: wanted });
  policy.changed();
  if (encryption === 'self-signed') {
    await withProgress(l10n.t('Making a certificate'), awaitCertificate(gateway, clock, l10n));
  }
}

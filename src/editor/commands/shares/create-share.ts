import * as vscode from 'vscode';
import { FlmError } from '../../../core/errors';
import type { CreateShareParams } from '../../../protocol/sharing-rpc';
import type { CommandHandler, CommandServices } from '../../command-services';
import { modelOptions } from '../../keys/model-options';
import { withProgress } from '../../progress';
import { awaitCertificate } from '../../shares/await-tls';
import { paramsOf, reachesOut, type Encryption } from '../../shares/share-draft';
import { askForShare } from '../../shares/share-steps';
import { needsConsent, summaryText, type Protection, type SummaryFacts } from '../../shares/share-summary';
import { startProxy } from '../../start-proxy';
import { requireTrust } from '../../workspace-trust';
import { showCreatedShare } from './show-created-share';

/** One wizard: who, what, how much, until when; a summary to agree to; what to send over. */
export const createShare: CommandHandler = async (services) => {
  const { gateway, l10n, input, clock, keyList } = services;
  requireTrust(l10n);
  const machine = await gateway.request('exposure/addresses', {});
  const state = gateway.status.state;
  const isUnencrypted = (state?.sharing.tls.mode ?? 'off') === 'off';
  const now = clock.now();
  const models = modelOptions(l10n, state?.engines.engines ?? []);
  const draft = await askForShare({ input, l10n, now, models, machine, isUnencrypted });
  const params = paramsOf(draft, now);
  const encryption = isUnencrypted && reachesOut(draft) ? draft.encryption : undefined;
  await agree(services, {
    params,
    machine,
    protection: protectionOf(encryption, isUnencrypted),
    isProxyOff: gateway.status.state?.proxy.phase !== 'on',
  });
  if (encryption !== undefined) await protect(services, encryption);
  if (gateway.status.state?.proxy.phase !== 'on') await startProxy(services);
  await share(services, params);
  await keyList.refresh();
};

/** Beyond this machine nothing is opened without a person's yes to exactly that. */
async function agree({ l10n }: CommandServices, facts: SummaryFacts): Promise<void> {
  if (!needsConsent(facts.params)) return;
  const { message, detail } = summaryText(l10n, facts);
  const yes = l10n.t('Share');
  const answer = await vscode.window.showWarningMessage(message, { modal: true, detail }, yes);
  if (answer !== yes) throw new FlmError('cancelled', 'Not agreed to');
}

function protectionOf(encryption: Encryption | undefined, isUnencrypted: boolean): Protection {
  return encryption ?? (isUnencrypted ? 'plain' : 'encrypted');
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

async function share(services: CommandServices, params: CreateShareParams): Promise<void> {
  const { gateway, l10n } = services;
  const created = await withProgress(l10n.t('Creating the share'), gateway.request('shares/create', params));
  await showCreatedShare(services, created);
}

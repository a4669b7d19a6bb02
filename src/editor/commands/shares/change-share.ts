import * as vscode from 'vscode';
import { FlmError } from '../../../core/errors';
import type { ShareView } from '../../../core/share';
import { endpointsFor } from '../../../core/share-audience';
import type { ChangeShareParams } from '../../../protocol/sharing-rpc';
import type { CommandHandler, CommandServices } from '../../command-services';
import { confirm, copyToClipboard } from '../../copy';
import { askForGrace } from '../../keys/ask-for-grace';
import { modelOptions } from '../../keys/model-options';
import { withProgress } from '../../progress';
import { messageText, plainText } from '../../safe-text';
import { askForShareChange } from '../../shares/change-share-steps';
import { askForEnd } from '../../shares/end-steps';
import { shareLabel } from '../../shares/share-facts';
import { messageWithoutKey } from '../../shares/share-handover';
import { needsConsent, summaryText } from '../../shares/share-summary';
import { modelToBegin } from '../../shares/shared-models';
import { pickShare } from './pick-share';
import { requireTrust } from '../../workspace-trust';
import { showCreatedShare } from './show-created-share';

/** At once and without a question: the way to close what is open must be short. */
export const stopShare: CommandHandler = async (services, argument) => {
  const { gateway, l10n, keyList } = services;
  const share = await pickShare(services, argument, l10n.t('Share to stop'));
  await withProgress(l10n.t('Stopping the share'), gateway.request('shares/end', { id: share.id }));
  confirm(l10n.t('Share {0} stopped', plainText(shareLabel(share))));
  await keyList.refresh();
};

export const extendShare: CommandHandler = async (services, argument) => {
  const { gateway, l10n, input, clock } = services;
  requireTrust(l10n);
  const share = await pickShare(services, argument, l10n.t('Share to extend'));
  const expiresAt = await askForEnd({ input, l10n, now: clock.now() }, share);
  await gateway.request('shares/change', { id: share.id, expiresAt });
  confirm(l10n.t('Share {0} extended', plainText(shareLabel(share))));
};

export const changeShare: CommandHandler = async (services, argument) => {
  const { gateway, l10n, input } = services;
  requireTrust(l10n);
  const share = await pickShare(services, argument, l10n.t('Share to change'));
  const machine = await gateway.request('exposure/addresses', {});
  const models = modelOptions(l10n, gateway.status.state?.engines.engines ?? []);
  const change = await askForShareChange({ input, l10n, models, machine, now: services.clock.now() }, share);
  if (change.audience !== undefined) await agreeToWider(services, share, change);
  await gateway.request('shares/change', change);
  confirm(l10n.t('Share {0} changed', plainText(shareLabel(share))));
};

export const rotateShare: CommandHandler = async (services, argument) => {
  const { gateway, l10n, input, keyList } = services;
  requireTrust(l10n);
  const share = await pickShare(services, argument, l10n.t('Share that gets a new key'));
  const graceMinutes = await askForGrace(
    input,
    l10n,
    l10n.t('New Key for the Share “{0}”', messageText(shareLabel(share))),
  );
  await showCreatedShare(services, await gateway.request('shares/rotate', { id: share.id, graceMinutes }));
  await keyList.refresh();
};

export const copyShareEndpoint: CommandHandler = async (services, argument) => {
  const { l10n } = services;
  const share = await pickShare(services, argument, l10n.t('Share whose address to copy'));
  const { url } = endpointOf(services, share);
  await copyToClipboard(url, l10n.t('Address copied: {0}', url));
};

/** The message for the other side, without the key: nobody knows that any more. */
export const copyShareMessage: CommandHandler = async (services, argument) => {
  const { l10n, gateway } = services;
  const share = await pickShare(services, argument, l10n.t('Share whose message to copy'));
  const endpoint = endpointOf(services, share);
  const model = modelToBegin(gateway.status.state?.engines.engines ?? [], share.limits);
  const text = `${messageWithoutKey(l10n, { endpoint, share, model })}\n`;
  await copyToClipboard(text, l10n.t('Message copied, without the key'));
};

function endpointOf({ gateway, l10n }: CommandServices, share: ShareView) {
  const endpoints = gateway.status.state?.sharing.endpoints ?? [];
  const [endpoint] = endpointsFor(share.audience, share.exposure, endpoints);
  if (endpoint === undefined) {
    throw new FlmError(
      'not_found',
      l10n.t('Nobody can reach the share now. Start the proxy, or connect to a network.'),
    );
  }
  return endpoint;
}

/** Somebody else will be able to get in: that needs the same yes as a new share. */
async function agreeToWider(services: CommandServices, share: ShareView, change: ChangeShareParams): Promise<void> {
  const { gateway, l10n } = services;
  const params = {
    label: share.label,
    audience: change.audience ?? share.audience,
    limits: share.limits,
    ...(share.expiresAt === undefined ? {} : { expiresAt: share.expiresAt }),
  };
  if (!needsConsent(params)) return;
  const { sharing, proxy } = gateway.status.state ?? {};
  const { message, detail } = summaryText(l10n, {
    params,
    machine: await gateway.request('exposure/addresses', {}),
    protection: (sharing?.tls.mode ?? 'off') === 'off' ? 'plain' : 'encrypted',
    isProxyOff: proxy?.phase !== 'on',
  });
  const yes = l10n.t('Share');
  const answer = await vscode.window.showWarningMessage(message, { modal: true, detail }, yes);
  if (answer !== yes) throw new FlmError('cancelled', 'Not agreed to');
}

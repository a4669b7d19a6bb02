import { FlmError } from '../../../core/errors';
import type { ShareView } from '../../../core/share';
import { endpointsFor, isBeyondMachine } from '../../../core/share-audience';
import type { CommandHandler, CommandServices } from '../../command-services';
import { confirm, copyToClipboard } from '../../copy';
import { isOpenUnencrypted } from '../../exposure/exposure-text';
import { askForGrace } from '../../keys/ask-for-grace';
import { modelOptions } from '../../keys/model-options';
import { withProgress } from '../../progress';
import { messageText, plainText } from '../../safe-text';
import { askForEnd, askForShareChange } from '../../shares/change-share-steps';
import { shareLabel } from '../../shares/share-facts';
import { messageWithoutKey } from '../../shares/share-handover';
import { modelToBegin } from '../../shares/shared-models';
import { pickShare } from './pick-share';
import { prepareShare } from './prepare-share';
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
  const state = gateway.status.state;
  const models = modelOptions(l10n, state?.engines.engines ?? []);
  // What is open without encryption now was agreed to.
  const isUnencrypted = state?.sharing.tls.mode === 'off' && !isOpenUnencrypted(state.sharing);
  const questions = { input, l10n, models, machine, isUnencrypted, now: services.clock.now() };
  const { change, encryption } = await askForShareChange(questions, share);
  const { audience } = change;
  // Somebody else will be able to get in: that needs the same as a new share.
  if (audience !== undefined && isBeyondMachine(audience)) {
    await prepareShare(services, { params: { ...share, audience }, machine, encryption });
  }
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

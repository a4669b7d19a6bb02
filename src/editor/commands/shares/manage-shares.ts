import type { ShareView } from '../../../core/share';
import type { CommandHandler, CommandServices } from '../../command-services';
import { separator } from '../../format';
import { answered } from '../../input/questions';
import type { Choice } from '../../input/step-input';
import { plainText, messageText } from '../../safe-text';
import { shareFacts, shareLabel } from '../../shares/share-facts';
import { sharePage } from '../../shares/share-page';
import { showKeyUsage } from '../keys/show-key-usage';
import { changeShare, copyShareEndpoint, copyShareMessage, extendShare, rotateShare, stopShare } from './change-share';
import { createShare } from './create-share';

/** All shares, ended ones too; choosing one leads to what can be done with it. */
export const manageShares: CommandHandler = async (services) => {
  const { gateway, l10n, input, clock } = services;
  const shares = await gateway.request('shares/list', { ended: true });
  const now = clock.now();
  const choices: Choice<ShareView | undefined>[] = [
    { label: `$(add) ${l10n.t('Share…')}`, value: undefined },
    ...shares.map((share) => ({
      label: `$(${share.endedAt === undefined ? 'broadcast' : 'history'}) ${messageText(shareLabel(share))}`,
      description: messageText(shareFacts(l10n, share, now).join(separator)),
      value: share,
    })),
  ];
  const placeHolder =
    shares.length === 0
      ? l10n.t('Nothing is shared yet. A share has a key, limits and an end of its own.')
      : l10n.t('Choose a share to see what can be done with it');
  const chosen = answered(await input.pick({ title: l10n.t('Shares'), placeHolder, choices }));
  if (chosen === undefined) await createShare(services);
  else await actOn(services, chosen, now);
};

/** What a share may do, what it did, and its last requests: a page. */
const showShare: CommandHandler = async (services, argument) => {
  const { gateway, l10n, reports, clock } = services;
  const shares = await gateway.request('shares/list', { ended: true });
  const share = shares.find(({ id }) => id === argument);
  if (share === undefined) return;
  const name = l10n.t('Share {0}', plainText(shareLabel(share)).replace(/[\\/:?#]/g, '-'));
  await reports.show(name, sharePage(l10n, share, clock.now()));
};

async function actOn(services: CommandServices, share: ShareView, now: number): Promise<void> {
  const { l10n, input } = services;
  const isRunning = share.endedAt === undefined;
  const choices: Choice<() => Promise<void>>[] = [
    ...(isRunning ? runningChoices(services, share) : []),
    { label: `$(info) ${l10n.t('Show Everything About It')}`, value: () => showShare(services, share.id) },
    { label: `$(graph) ${l10n.t('Show Its Last Requests')}`, value: () => showKeyUsage(services, share.keyId) },
  ];
  const title = l10n.t('Share “{0}”', messageText(shareLabel(share)));
  const placeHolder = shareFacts(l10n, share, now).map(messageText).join(separator);
  const run = answered(await input.pick({ title, placeHolder, choices }));
  await run();
}

function runningChoices(services: CommandServices, { id }: ShareView): Choice<() => Promise<void>>[] {
  const { l10n } = services;
  const rows: readonly (readonly [icon: string, label: string, command: CommandHandler])[] = [
    ['debug-stop', l10n.t('Stop'), stopShare],
    ['history', l10n.t('Extend…'), extendShare],
    ['settings', l10n.t('Change…'), changeShare],
    ['sync', l10n.t('New Key…'), rotateShare],
    ['link', l10n.t('Copy the Address'), copyShareEndpoint],
    ['mail', l10n.t('Copy the Message, Without the Key'), copyShareMessage],
  ];
  return rows.map(([icon, label, command]) => ({ label: `$(${icon}) ${label}`, value: () => command(services, id) }));
}

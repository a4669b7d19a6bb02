import type { ApiKey } from '../../../core/api-key';
import type { CommandHandler, CommandServices } from '../../command-services';
import { separator } from '../../format';
import { answered } from '../../input/questions';
import type { Choice } from '../../input/step-input';
import { keyFacts, keyLabel, publicPart, sortKeys } from '../../keys/key-facts';
import { messageText } from '../../safe-text';
import { changeKeyLimits, copyKeyId, renameKey, revokeKey, rotateKey } from './change-key';
import { createDecoyKey } from './create-decoy-key';
import { createKey } from './create-key';
import { isLiving } from './pick-key';
import { showKeyUsage } from './show-key-usage';

/** All keys, revoked ones too; choosing one leads to what can be done with it. */
export const manageKeys: CommandHandler = async (services) => {
  const { keyList, l10n, input, clock } = services;
  await keyList.refresh();
  const { requestsToday } = keyList.known;
  // The key of a share is changed, renewed and revoked through its share.
  const keys = keyList.known.keys.filter(({ shareId }) => shareId === undefined);
  const now = clock.now();
  const choices: Choice<ApiKey | CommandHandler>[] = [
    { label: `$(add) ${l10n.t('Create an API Key…')}`, value: createKey },
    { label: `$(bug) ${l10n.t('Create a Decoy Key…')}`, value: createDecoyKey },
    ...sortKeys(keys, now).map((key) => ({
      label: `$(${key.kind === 'decoy' ? 'bug' : 'key'}) ${messageText(keyLabel(key))}`,
      description: messageText(keyFacts(l10n, key, now, requestsToday.get(key.id)).join(separator)),
      detail: publicPart(key),
      value: key,
    })),
  ];
  const title = l10n.t('API Keys');
  const placeHolder =
    keys.length === 0
      ? l10n.t('No key yet. A key lets another machine or tool in, and you can revoke it any time.')
      : l10n.t('Choose a key to see what can be done with it');
  const chosen = answered(await input.pick({ title, placeHolder, choices }));
  if (typeof chosen === 'function') await chosen(services);
  else await actOn(services, chosen, now);
};

async function actOn(services: CommandServices, key: ApiKey, now: number): Promise<void> {
  const { l10n, input } = services;
  const living: Choice<CommandHandler>[] = [
    { label: `$(edit) ${l10n.t('Rename…')}`, value: renameKey },
    ...(key.kind === 'normal' ? [{ label: `$(settings) ${l10n.t('Change Limits…')}`, value: changeKeyLimits }] : []),
    { label: `$(sync) ${l10n.t('Rotate…')}`, detail: l10n.t('A new secret for the same key'), value: rotateKey },
    { label: `$(trash) ${l10n.t('Revoke…')}`, value: revokeKey },
  ];
  const choices: Choice<CommandHandler>[] = [
    { label: `$(graph) ${l10n.t('Show Use')}`, value: showKeyUsage },
    { label: `$(copy) ${l10n.t('Copy the Public Part')}`, detail: key.id, value: copyKeyId },
    ...(isLiving(key, now) ? living : []),
  ];
  const title = l10n.t('API Key “{0}”', messageText(keyLabel(key)));
  const placeHolder = keyFacts(l10n, key, now).map(messageText).join(separator);
  const command = answered(await input.pick({ title, placeHolder, choices }));
  await command(services, key.id);
}

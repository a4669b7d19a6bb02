import type { CommandHandler } from '../../command-services';
import { confirm, copyToClipboard } from '../../copy';
import { answered, confirmed } from '../../input/questions';
import { askForGrace } from '../../keys/ask-for-grace';
import { askForChange } from '../../keys/change-key-steps';
import { labelProblem } from '../../keys/key-checks';
import { keyLabel } from '../../keys/key-facts';
import { modelOptions } from '../../keys/model-options';
import { messageText, plainText } from '../../safe-text';
import { isLiving, pickKey } from './pick-key';
import { showCreatedKey } from './show-created-key';

export const copyKeyId: CommandHandler = async (services, argument) => {
  const { l10n } = services;
  const key = await pickKey(services, argument, l10n.t('Key whose public part to copy'));
  await copyToClipboard(key.id, l10n.t('Public part of the key copied: {0}', key.id));
};

export const renameKey: CommandHandler = async (services, argument) => {
  const { l10n, input, gateway, keyList } = services;
  const key = await pickKey(services, argument, l10n.t('Key to rename'), isLiving);
  const label = answered(
    await input.text({
      title: l10n.t('Rename the Key “{0}”', keyLabel(key)),
      prompt: l10n.t('New name; the key itself stays the same'),
      value: key.label,
      validate: (text) => labelProblem(l10n, text),
    }),
  );
  await gateway.request('keys/change', { id: key.id, label: label.trim() });
  confirm(l10n.t('Key renamed to {0}', plainText(label)));
  await keyList.refresh();
};

export const changeKeyLimits: CommandHandler = async (services, argument) => {
  const { l10n, input, gateway, keyList, clock } = services;
  const isChangeable = (key: Parameters<typeof isLiving>[0], now: number) =>
    isLiving(key, now) && key.kind === 'normal';
  const key = await pickKey(services, argument, l10n.t('Key whose limits to change'), isChangeable);
  const models = modelOptions(l10n, gateway.status.state?.engines.engines ?? []);
  const change = await askForChange({ input, l10n, now: clock.now(), models }, key);
  await gateway.request('keys/change', change);
  confirm(l10n.t('Limits of {0} changed', plainText(keyLabel(key))));
  await keyList.refresh();
};

export const rotateKey: CommandHandler = async (services, argument) => {
  const { l10n, input, gateway, keyList } = services;
  const key = await pickKey(services, argument, l10n.t('Key to rotate'), isLiving);
  const graceMinutes = await askForGrace(input, l10n, l10n.t('Rotate the Key “{0}”', messageText(keyLabel(key))));
  const rotated = await gateway.request('keys/rotate', { id: key.id, graceMinutes });
  showCreatedKey(services, rotated);
  await keyList.refresh();
};

export const revokeKey: CommandHandler = async (services, argument) => {
  const { l10n, input, gateway, keyList } = services;
  const key = await pickKey(services, argument, l10n.t('Key to revoke'), isLiving);
  const label = messageText(keyLabel(key));
  await confirmed(
    input,
    l10n.t('Revoke the key “{0}”? It stops working at once and cannot be brought back.', label),
    l10n.t('Revoke “{0}”', label),
    l10n.t('Keep It'),
  );
  await gateway.request('keys/revoke', { id: key.id });
  confirm(l10n.t('Key {0} revoked', plainText(keyLabel(key))));
  await keyList.refresh();
};

import { canonicalModelId } from '../../core/model-id';
import type { CommandHandler } from '../command-services';
import { confirm } from '../copy';
import { pickModel } from '../picks';
import { plainText } from '../safe-text';

/** Requests that name no model go to this one. Choosing the default again takes it back. */
export const useAsDefault: CommandHandler = async (services, argument) => {
  const { settings, l10n } = services;
  const { engine, model } = await pickModel(services, argument, l10n.t('Model for requests that name none'));
  const id = canonicalModelId(engine.id, model.id);
  if (settings.get('proxy.defaultModel', '') === id) {
    await settings.update('proxy.defaultModel', undefined);
    confirm(l10n.t('No default model any more'));
    return;
  }
  await settings.update('proxy.defaultModel', id);
  confirm(l10n.t('Default model: {0}', plainText(id)));
};

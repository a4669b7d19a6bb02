import type { CommandHandler } from '../command-services';
import { confirm } from '../copy';
import { pickEngine } from '../picks';
import { plainText } from '../safe-text';

/** A hidden engine is neither shown nor published. */
export const hideEngine: CommandHandler = async (services, argument) => {
  const { l10n, settings } = services;
  const hidden = settings.strings('engines.hidden');
  const engine = await pickEngine(services, argument, l10n.t('Engine to hide'), ({ id }) => !hidden.includes(id));
  await settings.update('engines.hidden', [...hidden.filter((id) => id !== engine.id), engine.id]);
  confirm(l10n.t('{0} is hidden and no longer published', plainText(engine.name)));
};

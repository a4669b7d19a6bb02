import type { CommandHandler } from '../command-services';
import { confirm } from '../copy';
import { askEngineKey, storeEngineKey } from '../engine-key-input';
import { pickEngine } from '../picks';
import { plainText } from '../safe-text';

export const setEngineKey: CommandHandler = async (services, argument) => {
  const { l10n } = services;
  const engine = await pickEngine(services, argument, l10n.t('Engine that needs a key'), hasAddress);
  if (!hasAddress(engine)) return;
  await storeEngineKey(services, engine.baseUrl, await askEngineKey(l10n, engine.baseUrl));
  confirm(l10n.t('Key for {0} saved', plainText(engine.name)));
};

function hasAddress(engine: { readonly baseUrl: string }): boolean {
  return engine.baseUrl !== '';
}

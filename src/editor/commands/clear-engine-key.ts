import type { CommandHandler } from '../command-services';
import { confirm } from '../copy';
import { storeEngineKey } from '../engine-key-input';
import { pickEngine } from '../picks';
import { plainText } from '../safe-text';

export const clearEngineKey: CommandHandler = async (services, argument) => {
  const { l10n, engineKeys } = services;
  const keys = await engineKeys.all();
  const engine = await pickEngine(
    services,
    argument,
    l10n.t('Engine whose key to forget'),
    (candidate) => candidate.baseUrl in keys,
  );
  await storeEngineKey(services, engine.baseUrl, undefined);
  confirm(l10n.t('Key for {0} forgotten', plainText(engine.name)));
};

import type { CommandHandler } from '../command-services';
import { copyToClipboard } from '../copy';
import { pickEngine } from '../picks';
import { plainText } from '../safe-text';

/** The engine's own address, past the proxy. */
export const copyEngineAddress: CommandHandler = async (services, argument) => {
  const { l10n } = services;
  const engine = await pickEngine(
    services,
    argument,
    l10n.t('Engine whose address to copy'),
    (candidate) => candidate.baseUrl !== '',
  );
  await copyToClipboard(engine.baseUrl, l10n.t('Address copied: {0}', plainText(engine.baseUrl)));
};

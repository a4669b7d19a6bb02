import * as vscode from 'vscode';
import type { CommandHandler } from '../command-services';
import { confirm } from '../copy';
import { isSameAddress } from '../engine-address';
import { storeEngineKey } from '../engine-key-input';
import { pickEngine } from '../picks';
import { messageText, plainText } from '../safe-text';

/** Takes a configured address, and its key, out again. An engine found by itself can only be hidden. */
export const removeEngine: CommandHandler = async (services, argument) => {
  const { l10n, settings, engineKeys } = services;
  const addresses = settings.get('engines.addresses', []);
  const isConfigured = (baseUrl: string) => addresses.some(({ url }) => isSameAddress(url, baseUrl));
  const engine = await pickEngine(services, argument, l10n.t('Engine to remove from the settings'), (candidate) =>
    isConfigured(candidate.baseUrl),
  );
  if (!isConfigured(engine.baseUrl)) {
    const hide = l10n.t('Hide');
    const text = l10n.t('FLM found {0} by itself. It can be hidden, but not removed.', messageText(engine.name));
    if ((await vscode.window.showInformationMessage(text, hide)) === hide) {
      await vscode.commands.executeCommand('flm.engine.hide', engine.id);
    }
    return;
  }
  await settings.update(
    'engines.addresses',
    addresses.filter(({ url }) => !isSameAddress(url, engine.baseUrl)),
  );
  if (engine.baseUrl in (await engineKeys.all())) await storeEngineKey(services, engine.baseUrl, undefined);
  confirm(l10n.t('{0} removed', plainText(engine.name)));
};

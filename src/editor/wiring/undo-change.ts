import * as vscode from 'vscode';
import { messageOf } from '../../core/errors';
import type { CommandServices } from '../command-services';
import { confirm } from '../copy';
import { messageText, plainText } from '../safe-text';
import type { ToolChange } from './change-log';
import { undoFileChange } from './config-file';

/**
 * Brings a file back to what it was before FLM set the tool up and revokes the tool's key. A file that somebody has changed
 * since is left alone, key included.
 */
export async function undoChange(services: CommandServices, change: ToolChange): Promise<void> {
  const { l10n, wiring } = services;
  const outcome = await undoFileChange(change);
  switch (outcome) {
    case 'restored':
      await wiring.changes.remove(change);
      await revokeKey(services, change);
      confirm(l10n.t('{0} is as it was, and its API key is revoked', plainText(change.path)));
      break;
    case 'changed':
      void tellChanged(services, change);
      break;
    case 'gone':
      await wiring.changes.remove(change);
      void vscode.window.showWarningMessage(
        l10n.t('{0} or the copy of it is gone, so there is nothing to bring back.', messageText(change.path)),
      );
      break;
  }
}

/** The file is back whatever becomes of this; the key can also be revoked by hand. */
async function revokeKey({ gateway, log }: CommandServices, { keyId, tool }: ToolChange): Promise<void> {
  try {
    await gateway.request('keys/revoke', { id: keyId });
  } catch (error) {
    log.warn(`The key of ${tool} was not revoked`, { keyId, error: messageOf(error) });
  }
}

async function tellChanged({ l10n }: CommandServices, { path, backup }: ToolChange): Promise<void> {
  const text = l10n.t('{0} was changed after FLM wrote it, so FLM leaves it alone.', messageText(path));
  const compare = l10n.t('Compare with the Copy');
  const actions = backup === undefined ? [] : [compare];
  if ((await vscode.window.showWarningMessage(text, ...actions)) !== compare || backup === undefined) return;
  await vscode.commands.executeCommand('vscode.diff', vscode.Uri.file(backup), vscode.Uri.file(path));
}

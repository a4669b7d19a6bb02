import * as vscode from 'vscode';
import type { CommandServices } from './command-services';

/**
 * Opens the settings editor, filtered to `query`: an area such as `flm.proxy`, or `@ext:publisher.name`. In a remote
 * window that is the page of the remote: machine settings are not on the user's.
 */
export async function openSettings({ isOnRemote }: Pick<CommandServices, 'isOnRemote'>, query: string): Promise<void> {
  if (isOnRemote) await vscode.commands.executeCommand('workbench.action.openRemoteSettings', { query });
  else await vscode.commands.executeCommand('workbench.action.openSettings', query);
}

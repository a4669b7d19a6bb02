import * as vscode from 'vscode';

/** Opens the settings editor, filtered to `query`: an area such as `flm.proxy`, or `@ext:publisher.name`. */
export async function openSettings(query: string): Promise<void> {
  await vscode.commands.executeCommand('workbench.action.openSettings', query);
}

import * as vscode from 'vscode';
import { walkthroughId } from '../contributions';
import type { CommandHandler } from '../command-services';

export const openWalkthrough: CommandHandler = async ({ extensionId }) => {
  await vscode.commands.executeCommand('workbench.action.openWalkthrough', `${extensionId}#${walkthroughId}`, false);
};

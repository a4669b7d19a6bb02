import { homedir } from 'node:os';
import * as vscode from 'vscode';
import type { CommandHandler } from '../command-services';
import { engineDocs } from '../engine-guides';
import { pickEngine } from '../picks';
import { plainText } from '../safe-text';

/**
 * Runs the engine's start command in a terminal, where its output can be read and it can be stopped. In the home
 * folder: the opened workspace must not decide which program a name stands for.
 */
export const startEngine: CommandHandler = async (services, argument) => {
  const engine = await pickEngine(
    services,
    argument,
    services.l10n.t('Engine to start'),
    ({ state }) => state === 'installed',
  );
  if (engine.startCommand === undefined) {
    await vscode.env.openExternal(vscode.Uri.parse(engineDocs[engine.kind]));
    return;
  }
  const terminal = vscode.window.createTerminal({
    name: plainText(engine.name),
    cwd: homedir(),
    iconPath: new vscode.ThemeIcon('broadcast'),
    isTransient: true,
  });
  terminal.show();
  terminal.sendText(engine.startCommand);
};

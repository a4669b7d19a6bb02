import * as vscode from 'vscode';
import { messageOf } from '../core/errors';
import type { CommandServices } from './command-services';
import { commandIds, type CommandId } from './contributions';
import { errorText } from './error-text';

/**
 * Registers all commands behind the one wrapper that catches what they throw, logs it, and tells the user. What they do
 * is loaded with the first that runs.
 */
export function registerCommands(services: CommandServices): vscode.Disposable {
  const registrations = commandIds.map((id) =>
    vscode.commands.registerCommand(id, (argument?: unknown) => run(services, id, argument)),
  );
  return vscode.Disposable.from(...registrations);
}

async function run(services: CommandServices, id: CommandId, argument: unknown): Promise<void> {
  try {
    const { commandHandlers } = await import('./command-handlers');
    await commandHandlers[id](services, argument);
  } catch (error) {
    const text = errorText(services.l10n, error);
    if (text === undefined) return;
    services.log.error(`Command ${id} failed`, { error: messageOf(error) });
    if (error instanceof Error && error.stack !== undefined) services.log.debug(error.stack);
    void offerLog(services, text);
  }
}

async function offerLog({ l10n, showLog }: CommandServices, text: string): Promise<void> {
  const open = l10n.t('Open Log');
  if ((await vscode.window.showErrorMessage(text, open)) === open) showLog();
}

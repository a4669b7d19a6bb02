import * as vscode from 'vscode';
import { FlmError } from '../../../core/errors';
import type { CommandServices } from '../../command-services';

/**
 * Shares open this machine: a window on a folder that the user does not trust cannot make, widen or renew one. Says so,
 * with the way to trust the folder, and rejects with `cancelled`. Stopping a share is always possible.
 */
export function requireTrust({ l10n }: Pick<CommandServices, 'l10n'>): void {
  if (vscode.workspace.isTrusted) return;
  void explain(l10n);
  throw new FlmError('cancelled', 'The workspace is not trusted');
}

async function explain(l10n: CommandServices['l10n']): Promise<void> {
  const manage = l10n.t('Manage Workspace Trust');
  const text = l10n.t(
    'Shares cannot be created or changed in a workspace you do not trust. Trust it, or use another window.',
  );
  if ((await vscode.window.showWarningMessage(text, manage)) === manage) {
    await vscode.commands.executeCommand('workbench.trust.manage');
  }
}

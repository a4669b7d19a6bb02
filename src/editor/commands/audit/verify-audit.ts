import * as vscode from 'vscode';
import { verifyText } from '../../audit/verify-text';
import type { CommandHandler } from '../../command-services';
import { withProgress } from '../../progress';

/** Checks the hash chain over all rows and archives. */
export const verifyAudit: CommandHandler = async ({ gateway, l10n, log }) => {
  const request = gateway.request('audit/verify', { archives: true });
  const result = await withProgress(l10n.t('Checking the audit log'), request);
  log[result.ok ? 'info' : 'warn']('Audit log verified', { result });
  const text = verifyText(l10n, result);
  if (result.ok) void vscode.window.showInformationMessage(text);
  else void vscode.window.showErrorMessage(text);
};

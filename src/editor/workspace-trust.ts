import * as vscode from 'vscode';
import { FlmError } from '../core/errors';
import type { Localizer } from './localizer';

/**
 * What opens the machine to others is not to be done from a window with a workspace nobody trusts: package.json disables
 * those commands there, and this holds for whoever calls them by their id. Throws `invalid_request`.
 */
export function requireTrust(l10n: Localizer): void {
  if (vscode.workspace.isTrusted) return;
  throw new FlmError(
    'invalid_request',
    l10n.t('FLM does not do that in a workspace you have not trusted. Trust it, or use another window.'),
  );
}

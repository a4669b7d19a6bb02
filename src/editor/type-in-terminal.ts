import { homedir } from 'node:os';
import * as vscode from 'vscode';
import { FlmError } from '../core/errors';
import type { Localizer } from './localizer';

/** Which shell a line is for; undefined: the person's own. */
export type TerminalShell = 'posix' | 'powershell' | undefined;

const shellPaths: Record<Exclude<TerminalShell, undefined>, string> = {
  posix: '/bin/sh',
  powershell: 'powershell.exe',
};

/**
 * Types a line into a new terminal and leaves Enter to the person. In the home folder: the opened workspace must not
 * decide which program a name stands for. Rejects where terminals are on another machine than FLM.
 */
export function typeInTerminal(
  l10n: Localizer,
  name: string,
  line: string,
  shell: TerminalShell,
  isElsewhere: boolean,
): void {
  if (isElsewhere) {
    throw new FlmError(
      'invalid_request',
      l10n.t('Terminals of this window are on another machine than FLM. Copy the command and run it there.'),
    );
  }
  // A line break would be Enter.
  if (/\p{Cc}/u.test(line)) throw new FlmError('invalid_request', l10n.t('This command cannot be typed as one line.'));
  const terminal = vscode.window.createTerminal({
    name,
    cwd: homedir(),
    iconPath: new vscode.ThemeIcon('terminal'),
    isTransient: true,
    ...(shell === undefined ? {} : { shellPath: shellPaths[shell] }),
  });
  terminal.show();
  terminal.sendText(line, false);
}

/** The window shows a remote machine, and FLM runs on this one. */
export function areTerminalsElsewhere({ isOnRemote }: { readonly isOnRemote: boolean }): boolean {
  return vscode.env.remoteName !== undefined && !isOnRemote;
}

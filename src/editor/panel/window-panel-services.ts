import { basename } from 'node:path';
import * as vscode from 'vscode';
import { FlmError } from '../../core/errors';
import type { Localizer } from '../localizer';
import { requireTrust } from '../workspace-trust';
import type { PanelServices } from './panel-services';

/** A block list of a million addresses fits; a video chosen by mistake does not. */
const maxImportBytes = 16 * 1024 * 1024;

/** The panel's services by VS Code's own dialogs, clipboard and file system. */
export function windowPanelServices(l10n: Localizer, openInEditor: () => Promise<void>): PanelServices {
  return {
    copy: async (text) => vscode.env.clipboard.writeText(text),
    openInEditor,
    requireTrust: () => requireTrust(l10n),
    run: async (command, share) => {
      await vscode.commands.executeCommand(`flm.${command}`, ...(share === undefined ? [] : [share]));
    },
    askWhereToSave: async (name, extension) => {
      const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
      const uri = await vscode.window.showSaveDialog({
        ...(folder?.scheme === 'file' ? { defaultUri: vscode.Uri.joinPath(folder, basename(name)) } : {}),
        filters: { [extension.toUpperCase()]: [extension] },
      });
      return uri?.fsPath;
    },
    askForText: async () => {
      const [uri] = (await vscode.window.showOpenDialog({ canSelectMany: false })) ?? [];
      if (uri === undefined) return undefined;
      const { size } = await vscode.workspace.fs.stat(uri);
      if (size > maxImportBytes) throw new FlmError('body_too_large', `${uri.fsPath} is larger than 16 MiB`);
      return new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
    },
    write: async (path, text) => vscode.workspace.fs.writeFile(vscode.Uri.file(path), new TextEncoder().encode(text)),
  };
}

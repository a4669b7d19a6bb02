import { homedir } from 'node:os';
import * as vscode from 'vscode';
import { FlmError } from '../core/errors';
import type { CommandServices } from './command-services';
import type { Localizer } from './localizer';

/** What a save dialog offers: name without folder, and the kinds of files by what people call them. */
export interface SaveQuestion {
  readonly title: string;
  readonly name: string;
  readonly filters: Readonly<Record<string, readonly string[]>>;
}

type Services = Pick<CommandServices, 'l10n' | 'machine'>;

/**
 * Asks where to write. The path is on the machine where the gateway runs, which in a remote window is not the user's:
 * the title then names it. Rejects with `cancelled` when dismissed.
 */
export async function askSavePath({ l10n, machine }: Services, question: SaveQuestion): Promise<vscode.Uri> {
  const uri = await vscode.window.showSaveDialog({
    title: onMachine(l10n, question.title, machine),
    defaultUri: vscode.Uri.joinPath(vscode.Uri.file(homedir()), question.name),
    filters: mutable(question.filters),
  });
  if (uri === undefined) throw new FlmError('cancelled', 'No file chosen');
  if (uri.scheme !== 'file') {
    throw new FlmError('invalid_request', l10n.t('Choose a folder of the machine on which the gateway runs.'));
  }
  return uri;
}

/** Asks for one file and reads it as UTF-8. Rejects with `cancelled` when dismissed, `body_too_large` above `maxBytes`. */
export async function askForText(
  { l10n, machine }: Services,
  question: Pick<SaveQuestion, 'title' | 'filters'>,
  maxBytes: number,
): Promise<string> {
  const uris = await vscode.window.showOpenDialog({
    title: onMachine(l10n, question.title, machine),
    canSelectMany: false,
    filters: mutable(question.filters),
  });
  const uri = uris?.[0];
  if (uri === undefined) throw new FlmError('cancelled', 'No file chosen');
  const { size } = await vscode.workspace.fs.stat(uri);
  if (size > maxBytes) {
    const limit = Math.floor(maxBytes / (1024 * 1024));
    throw new FlmError('body_too_large', l10n.t('The file is larger than {0} MiB. Split it into several.', limit));
  }
  return new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
}

/** Says that a file was written, and opens it on demand. Not awaited by commands: the message may stay open. */
export async function tellWritten(l10n: Localizer, text: string, uri: vscode.Uri): Promise<void> {
  const open = l10n.t('Open');
  if ((await vscode.window.showInformationMessage(text, open)) === open) {
    await vscode.commands.executeCommand('vscode.open', uri);
  }
}

/** `2026-11-22`, for file names. */
export function dayName(epochMs: number): string {
  const date = new Date(epochMs);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

function onMachine(l10n: Localizer, title: string, machine: string | undefined): string {
  return machine === undefined ? title : l10n.t('{0} (on {1})', title, machine);
}

function mutable(filters: SaveQuestion['filters']): Record<string, string[]> {
  return Object.fromEntries(Object.entries(filters).map(([name, endings]) => [name, [...endings]]));
}

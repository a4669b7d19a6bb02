import * as vscode from 'vscode';
import type { CommandHandler } from '../command-services';
import { confirm } from '../copy';
import { messageText, plainText } from '../safe-text';
import type { TreeRow } from '../tree/tree-model';

export const unhideEngine: CommandHandler = async (services, argument) => {
  const { l10n, settings } = services;
  const hidden = settings.strings('engines.hidden');
  const id = hiddenId(argument) ?? (await ask(hidden, l10n.t('Hidden engine to show again')));
  if (id === undefined) return;
  const rest = hidden.filter((other) => other !== id);
  await settings.update('engines.hidden', rest.length === 0 ? undefined : rest);
  confirm(l10n.t('{0} is shown and published again', plainText(id)));
};

/** The gateway need not know a hidden engine, so ids are what is chosen from. */
async function ask(hidden: readonly string[], placeHolder: string): Promise<string | undefined> {
  const items = hidden.map((id) => ({ label: messageText(id), id }));
  return (await vscode.window.showQuickPick(items, { placeHolder }))?.id;
}

function hiddenId(argument: unknown): string | undefined {
  if (typeof argument === 'string') return argument;
  const node = (argument as Partial<TreeRow> | undefined)?.node;
  return node?.kind === 'engine' ? node.engine.id : undefined;
}

import * as vscode from 'vscode';
import type { CommandHandler } from '../command-services';

/** Shows only models whose id or name has all the words. An empty text shows all again. */
export const filterModels: CommandHandler = async ({ view, l10n }, argument) => {
  const filter =
    typeof argument === 'string'
      ? argument
      : await vscode.window.showInputBox({
          title: l10n.t('Filter Models'),
          prompt: l10n.t('Words that the ID or name of a model must have; empty shows all.'),
          value: view.filter,
        });
  if (filter !== undefined) view.setFilter(filter);
};

export const clearFilter: CommandHandler = ({ view }) => {
  view.setFilter('');
  return Promise.resolve();
};

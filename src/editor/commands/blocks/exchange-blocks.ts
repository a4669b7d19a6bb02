import * as vscode from 'vscode';
import type { BlockListFormat } from '../../../protocol/security-rpc';
import { importPage, importText, maxImportBytes } from '../../blocks/import-text';
import type { CommandHandler, CommandServices } from '../../command-services';
import { answered } from '../../input/questions';
import { askForText, askSavePath, dayName, tellWritten } from '../../local-files';
import { withProgress } from '../../progress';
import { messageText } from '../../safe-text';
import type { ImportReport } from '../../../protocol/security-rpc';

/** Adds the addresses of a file: one a line, CSV, or JSON. What cannot be used is told with its line. */
export const importBlocks: CommandHandler = async (services) => {
  const { gateway, l10n } = services;
  const title = l10n.t('Import a Blocklist');
  const filters = { [l10n.t('Lists')]: ['txt', 'csv', 'json', 'netset', 'ipset'], [l10n.t('All files')]: ['*'] };
  const text = await askForText(services, { title, filters }, maxImportBytes);
  const request = gateway.request('blocks/import', { text });
  void tellReport(services, await withProgress(l10n.t('Importing the blocklist'), request));
};

async function tellReport({ l10n, reports }: CommandServices, report: ImportReport): Promise<void> {
  const text = importText(l10n, report);
  if (report.refusedTotal === 0) {
    await vscode.window.showInformationMessage(text);
    return;
  }
  const show = l10n.t('Show Report');
  if ((await vscode.window.showWarningMessage(text, show)) === show) {
    await reports.show(l10n.t('FLM Import'), importPage(l10n, report));
  }
}

const endings: Record<BlockListFormat, string> = { plain: 'txt', csv: 'csv', json: 'json' };

/** Writes the blocklist to a file that FLM and others can read. */
export const exportBlocks: CommandHandler = async (services) => {
  const { gateway, l10n, input, clock } = services;
  const title = l10n.t('Export the Blocklist');
  const choices: { label: string; detail: string; value: BlockListFormat }[] = [
    { label: l10n.t('Plain Text'), detail: l10n.t('One address or range a line'), value: 'plain' },
    { label: endings.csv.toUpperCase(), detail: l10n.t('With reason, note and end; for spreadsheets'), value: 'csv' },
    { label: endings.json.toUpperCase(), detail: l10n.t('Everything; for another FLM'), value: 'json' },
  ];
  const format = answered(await input.pick({ title, placeHolder: l10n.t('Which format?'), choices }));
  const ending = endings[format];
  const name = `flm-blocklist-${dayName(clock.now())}.${ending}`;
  const uri = await askSavePath(services, { title, name, filters: { [ending.toUpperCase()]: [ending] } });
  const request = gateway.request('blocks/export', { format });
  const { text } = await withProgress(l10n.t('Exporting the blocklist'), request);
  await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(text));
  void tellWritten(l10n, l10n.t('Blocklist written to {0}.', messageText(uri.fsPath)), uri);
};

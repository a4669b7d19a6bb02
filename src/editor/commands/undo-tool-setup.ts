import * as vscode from 'vscode';
import type { CommandHandler } from '../command-services';
import { formatTime } from '../format';
import { answered } from '../input/questions';
import { toolName } from '../wiring/tools';
import { undoChange } from '../wiring/undo-change';

/** Takes back what FLM wrote into a tool's file, as long as nobody has changed it since. */
export const undoToolSetup: CommandHandler = async (services) => {
  const { input, l10n, wiring } = services;
  const changes = wiring.changes.list();
  if (changes.length === 0) {
    void vscode.window.showInformationMessage(l10n.t('FLM has not set up any tool that could be taken back.'));
    return;
  }
  const change = answered(
    await input.pick({
      title: l10n.t('Undo Setting Up a Tool'),
      placeHolder: l10n.t('File to bring back'),
      choices: changes.map((value) => ({
        label: toolName(value.tool),
        description: formatTime(value.at, l10n.language),
        detail: value.path,
        value,
      })),
    }),
  );
  await undoChange(services, change);
};

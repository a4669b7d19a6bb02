import { access } from 'node:fs/promises';
import { homedir } from 'node:os';
import * as vscode from 'vscode';
import { FlmError } from '../../core/errors';
import type { CommandHandler, CommandServices } from '../command-services';
import { answered } from '../input/questions';
import { setUpCline as clineSteps } from '../wiring/set-up-cline';
import { setUpFile } from '../wiring/set-up-file';
import {
  anthropicEnvFile,
  chatLanguageModelsFile,
  continueFile,
  envFile,
  toolIds,
  toolNames,
  type ToolId,
} from '../wiring/tools';
import { hasCustomEndpoint } from '../wiring/vscode-custom-endpoint';

export const setUpContinue: CommandHandler = async (services) => {
  const file = await continueFile({ home: homedir(), environment: process.env, exists });
  await setUpFile(services, 'continue', file);
};

export const setUpCline: CommandHandler = (services) => clineSteps(services);

export const setUpVsCode: CommandHandler = async (services) => {
  const { l10n, wiring } = services;
  if (!hasCustomEndpoint(vscode.version)) {
    const text = l10n.t(
      "Custom endpoints came with VS Code 1.122. FLM's models are in this one's model picker already.",
    );
    void vscode.window.showWarningMessage(text);
    return;
  }
  if (wiring.userFolder === undefined) {
    const text = l10n.t('The file is on the machine you sit at, and FLM runs on another. Run this in a local window.');
    void vscode.window.showWarningMessage(text);
    return;
  }
  await setUpFile(services, 'vscode', chatLanguageModelsFile(wiring.userFolder));
};

export const setUpOpenAiSdk: CommandHandler = async (services) => {
  await setUpFile(services, 'openai', envFile(await pickEnvFile(services)));
};

export const setUpClaudeCode: CommandHandler = async (services) => {
  await setUpFile(services, 'claudeCode', anthropicEnvFile(await pickEnvFile(services)));
};

const handlers: Record<ToolId, CommandHandler> = {
  continue: setUpContinue,
  cline: setUpCline,
  vscode: setUpVsCode,
  openai: setUpOpenAiSdk,
  claudeCode: setUpClaudeCode,
};

/** Asks which tool, unless the caller names it by its id. */
export const setUpTool: CommandHandler = async (services, argument) => {
  const { input, l10n } = services;
  const descriptions: Record<ToolId, string> = {
    continue: '~/.continue/config.yaml',
    cline: l10n.t('what to enter, to copy'),
    vscode: 'chatLanguageModels.json',
    openai: '.env',
    claudeCode: '.env',
  };
  const named = toolIds.find((id) => id === argument);
  const tool =
    named ??
    answered(
      await input.pick({
        title: l10n.t('Set Up a Tool'),
        placeHolder: l10n.t('Tool that is to use the models of FLM'),
        choices: toolIds.map((id) => ({ label: toolNames[id], description: descriptions[id], value: id })),
      }),
    );
  await handlers[tool](services);
};

/** `.env` of the only folder; else the user's choice. */
async function pickEnvFile({ l10n }: CommandServices): Promise<string> {
  const folders = (vscode.workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === 'file');
  const [first] = folders;
  if (first !== undefined && folders.length === 1) return vscode.Uri.joinPath(first.uri, '.env').fsPath;
  const chosen = await vscode.window.showSaveDialog({
    title: l10n.t('Environment File'),
    saveLabel: l10n.t('Choose'),
    defaultUri: vscode.Uri.joinPath(first?.uri ?? vscode.Uri.file(homedir()), '.env'),
  });
  if (chosen?.scheme !== 'file') throw new FlmError('cancelled', 'No file chosen');
  return chosen.fsPath;
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
}

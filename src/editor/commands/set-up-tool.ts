import { access } from 'node:fs/promises';
import { homedir } from 'node:os';
import * as vscode from 'vscode';
import { FlmError } from '../../core/errors';
import type { CommandHandler, CommandServices } from '../command-services';
import { answered } from '../input/questions';
import { setUpCline as clineSteps } from '../wiring/set-up-cline';
import { setUpFile } from '../wiring/set-up-file';
import {
  chatLanguageModelsFile,
  claudeSettingsFile,
  codexProfileFile,
  continueFile,
  envFile,
  opencodeFile,
  toolIds,
  toolNames,
  type ToolId,
  type ToolPlaces,
} from '../wiring/tools';
import { hasCustomEndpoint } from '../wiring/vscode-custom-endpoint';

export const setUpContinue: CommandHandler = async (services) => {
  await setUpFile(services, 'continue', await continueFile(places()));
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
  const [folder, ...others] = localFolders();
  await setUpFile(
    services,
    'claudeCode',
    claudeSettingsFile(others.length === 0 ? folder?.fsPath : undefined, places()),
  );
};

const setUpCodex: CommandHandler = async (services) => {
  await setUpFile(services, 'codex', codexProfileFile(places()));
};

const setUpOpencode: CommandHandler = async (services) => {
  await setUpFile(services, 'opencode', await opencodeFile(places()));
};

const handlers: Record<ToolId, CommandHandler> = {
  continue: setUpContinue,
  cline: setUpCline,
  vscode: setUpVsCode,
  openai: setUpOpenAiSdk,
  claudeCode: setUpClaudeCode,
  codex: setUpCodex,
  opencode: setUpOpencode,
};

/** Asks which tool, unless the caller names it by its id. */
export const setUpTool: CommandHandler = async (services, argument) => {
  const { input, l10n } = services;
  const descriptions: Record<ToolId, string> = {
    continue: '~/.continue/config.yaml',
    cline: l10n.t('what to enter, to copy'),
    vscode: 'chatLanguageModels.json',
    openai: '.env',
    claudeCode: '.claude/settings.local.json',
    codex: '~/.codex/flm.config.toml',
    opencode: '~/.config/opencode/opencode.json',
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
  const [first, ...others] = localFolders();
  if (first !== undefined && others.length === 0) return vscode.Uri.joinPath(first, '.env').fsPath;
  const chosen = await vscode.window.showSaveDialog({
    title: l10n.t('Environment File'),
    saveLabel: l10n.t('Choose'),
    defaultUri: vscode.Uri.joinPath(first ?? vscode.Uri.file(homedir()), '.env'),
  });
  if (chosen?.scheme !== 'file') throw new FlmError('cancelled', 'No file chosen');
  return chosen.fsPath;
}

function localFolders(): readonly vscode.Uri[] {
  return (vscode.workspace.workspaceFolders ?? []).map(({ uri }) => uri).filter(({ scheme }) => scheme === 'file');
}

function places(): ToolPlaces {
  return { home: homedir(), environment: process.env, exists };
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
}

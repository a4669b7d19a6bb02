import * as vscode from 'vscode';
import { canonicalModelId } from '../../core/model-id';
import type { CommandHandler, CommandServices } from '../command-services';
import { copyToClipboard } from '../copy';
import { endpointForClients } from '../endpoint';
import { pickModel } from '../picks';
import { curlSnippet, pythonSnippet, shellFlavor, taskOf, typeScriptSnippet, type SnippetTarget } from '../snippets';

/** One command per language; they differ in nothing but the text. */
function snippetCommand(make: (target: SnippetTarget) => string): CommandHandler {
  return async (services, argument) => {
    const target = await targetOf(services, argument);
    await copyToClipboard(make(target), services.l10n.t('Snippet for {0} copied', target.model));
  };
}

async function targetOf(services: CommandServices, argument: unknown): Promise<SnippetTarget> {
  const { engine, model } = await pickModel(services, argument, services.l10n.t('Model to call'));
  const endpoint = await endpointForClients(services);
  return { endpoint, model: canonicalModelId(engine.id, model.id), task: taskOf(model) };
}

export const copyModelCurl = snippetCommand((target) =>
  curlSnippet(target, shellFlavor(vscode.env.shell, process.platform)),
);
export const copyModelPython = snippetCommand(pythonSnippet);
export const copyModelTypeScript = snippetCommand(typeScriptSnippet);

import * as vscode from 'vscode';
import { isUsable } from '../../core/engine';
import { canonicalModelId } from '../../core/model-id';
import type { CommandHandler, CommandServices } from '../command-services';
import { copyToClipboard } from '../copy';
import { endpointForClients } from '../endpoint';
import { knownEngines, pickModel } from '../picks';
import { curlSnippet, shellFlavor } from '../snippets';
import { canChat } from '../tree/model-nodes';

/** A command line that works at once on this machine, without an API key, for the model most likely meant. */
export const copyCurl: CommandHandler = async (services) => {
  const model = await likelyModel(services);
  const endpoint = await endpointForClients(services);
  const flavor = shellFlavor(vscode.env.shell, process.platform);
  await copyToClipboard(
    curlSnippet({ endpoint, model, task: 'chat' }, flavor),
    services.l10n.t('Command for {0} copied', model),
  );
};

/** The default model, else a loaded one, else the first that can chat, else the user's choice. */
async function likelyModel(services: CommandServices): Promise<string> {
  const preferred = services.settings.get('proxy.defaultModel', '');
  if (preferred !== '') return preferred;
  const { engines } = await knownEngines(services);
  const chat = engines
    .filter((engine) => isUsable(engine.state))
    .flatMap((engine) => engine.models.map((model) => ({ engine, model })))
    .filter(({ model }) => canChat(model));
  const likely = chat.find(({ model }) => model.isLoaded === true) ?? chat[0];
  const { engine, model } = likely ?? (await pickModel(services, undefined, services.l10n.t('Model to call')));
  return canonicalModelId(engine.id, model.id);
}

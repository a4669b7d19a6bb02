import { basename } from 'node:path';
import * as vscode from 'vscode';
import { FlmError } from '../../core/errors';
import type { CommandServices } from '../command-services';
import { answered } from '../input/questions';
import type { Localizer } from '../localizer';
import { knownEngines } from '../picks';
import { messageText } from '../safe-text';
import { startProxy } from '../start-proxy';
import { createToolKey } from '../tool-key';
import type { EditRefusal, ToolModel, ToolSetup } from './config-edit';
import { readConfigFile, writeConfigFile } from './config-file';
import { toolModels } from './tool-models';
import { toolName, toolNames, type ToolFile, type ToolId } from './tools';
import { undoChange } from './undo-change';
import type { ToolChange } from './change-log';

/** Stands for the key in the preview: the key is made when the user agrees, and is not shown. */
const maskedKey = 'flm-…';

/** What tools are told: where FLM answers, whether or not it does just now, and which models it has. */
export async function setupFor(services: CommandServices): Promise<Omit<ToolSetup, 'apiKey'>> {
  return { endpoint: endpointOf(services), models: await publishedModels(services) };
}

/**
 * Puts FLM into a tool's file: shows the difference, asks, makes the tool its own key, keeps a copy and writes. A file
 * that FLM cannot read or change safely is left alone, and the user is told why.
 */
export async function setUpFile(services: CommandServices, tool: ToolId, { path, edit }: ToolFile): Promise<void> {
  const { gateway, l10n, clock, wiring } = services;
  const setup = await setupFor(services);
  const before = await readConfigFile(path);
  const preview = edit(before, { ...setup, apiKey: maskedKey });
  if (!preview.ok) {
    void tellRefusal(l10n, tool, path, preview);
    return;
  }
  await wiring.previews.showDiff(path, before ?? '', preview.text, l10n.t('{0} with FLM', basename(path)));
  await agreed(services, tool, path, before !== undefined);
  const { key, secret } = await createToolKey(gateway, toolNames[tool]);
  const after = edit(before, { ...setup, apiKey: secret });
  // The same edit with another key.
  if (!after.ok) throw new FlmError('internal_error', after.detail);
  const written = await writeConfigFile(path, after.text, before, clock.now());
  const change: ToolChange = { ...written, tool, keyId: key.id, at: clock.now() };
  await wiring.changes.add(change);
  void tellDone(services, change);
}

function endpointOf({ gateway, settings }: CommandServices): string {
  const { endpoint } = gateway.status.state?.proxy ?? {};
  return endpoint ?? `http://127.0.0.1:${String(settings.get('proxy.port', 11435))}/v1`;
}

async function publishedModels(services: CommandServices): Promise<readonly ToolModel[]> {
  const { engines } = await knownEngines(services);
  const models = toolModels(engines, services.settings.strings('engines.hidden'));
  if (models.length > 0) return models;
  throw new FlmError('not_found', services.l10n.t('No running engine has a chat model. Start one and try again.'));
}

async function agreed({ input, l10n }: CommandServices, tool: ToolId, path: string, exists: boolean): Promise<void> {
  const doIt = await input.pick({
    title: l10n.t('Set Up {0}', toolNames[tool]),
    placeHolder: path,
    choices: [
      {
        label: l10n.t('Write the File'),
        detail: exists
          ? l10n.t('The tool gets its own API key. A copy of the file as it is now is kept beside it.')
          : l10n.t('The tool gets its own API key. The file is new.'),
        value: true,
      },
      { label: l10n.t('Leave It as It Is'), value: false },
    ],
  });
  if (!answered(doIt)) throw new FlmError('cancelled', 'Not agreed');
}

async function tellRefusal(l10n: Localizer, tool: ToolId, path: string, refusal: EditRefusal): Promise<void> {
  const file = messageText(path);
  const detail = messageText(refusal.detail);
  const texts: Record<EditRefusal['problem'], string> = {
    unparsable: l10n.t('{0} has a mistake, so FLM left it alone: {1}', file, detail),
    unexpected: l10n.t('{0} is not what FLM knows of {1}, so FLM left it alone: {2}', file, toolNames[tool], detail),
    'not-editable': l10n.t('{0} is written in a way FLM cannot add to without changing the rest: {1}', file, detail),
  };
  const open = l10n.t('Open the File');
  if ((await vscode.window.showErrorMessage(texts[refusal.problem], open)) === open) await openFile(path);
}

async function tellDone(services: CommandServices, change: ToolChange): Promise<void> {
  const { gateway, l10n, wiring } = services;
  const isOn = gateway.status.state?.proxy.phase === 'on';
  const start = l10n.t('Start the Proxy');
  const open = l10n.t('Open the File');
  const undo = l10n.t('Undo');
  const file = messageText(change.path);
  const name = toolName(change.tool);
  const text = isOn
    ? l10n.t('{0} can use FLM now. {1} holds its API key: keep it, and its copy, to yourself.', name, file)
    : l10n.t(
        '{0} can use FLM once the proxy is on. {1} holds its API key: keep it, and its copy, to yourself.',
        name,
        file,
      );
  const actions = isOn ? [open, undo] : [start, open, undo];
  const answer = await vscode.window.showInformationMessage(text, ...actions);
  try {
    if (answer === start) await startProxy(services);
    else if (answer === open) await openFile(change.path);
    else if (answer === undo) await undoChange({ ...services, wiring }, change);
  } catch (error) {
    services.log.error('After setting up a tool', { error: String(error) });
    services.showLog();
  }
}

async function openFile(path: string): Promise<void> {
  await vscode.window.showTextDocument(vscode.Uri.file(path));
}

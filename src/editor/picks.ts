import * as vscode from 'vscode';
import type { Engine, EnginesSnapshot } from '../core/engine';
import { FlmError } from '../core/errors';
import type { Model } from '../core/model';
import { canonicalModelId } from '../core/model-id';
import type { CommandServices } from './command-services';
import { separator } from './format';
import { withProgress } from './progress';
import { messageText } from './safe-text';
import { engineFacts, sortEngines } from './tree/engine-nodes';
import { modelFacts, modelLabel } from './tree/model-nodes';
import type { TreeRow } from './tree/tree-model';
import type { TreeNode } from './tree/tree-node';

export interface ModelChoice {
  readonly engine: Engine;
  readonly model: Model;
}

/** The engine a command is about: the row or id it was called with, else the user's choice among those that fit. */
export async function pickEngine(
  services: CommandServices,
  argument: unknown,
  placeHolder: string,
  fits: (engine: Engine) => boolean = () => true,
): Promise<Engine> {
  const node = nodeOf(argument);
  if (node !== undefined && node.kind !== 'action') return node.engine;
  const { engines } = await knownEngines(services);
  if (typeof argument === 'string') {
    const named = engines.find((engine) => engine.id === argument);
    if (named !== undefined) return named;
  }
  const candidates = sortEngines(engines.filter(fits));
  if (candidates.length === 0) throw new FlmError('not_found', services.l10n.t('There is no engine to choose from.'));
  const { l10n } = services;
  const items = candidates.map((engine) => ({
    label: messageText(engine.name),
    description: messageText(engineFacts(l10n, engine, services.clock.now()).join(separator)),
    engine,
  }));
  return (await choose(items, placeHolder)).engine;
}

/** The model a command is about, as {@link pickEngine}. */
export async function pickModel(
  services: CommandServices,
  argument: unknown,
  placeHolder: string,
): Promise<ModelChoice> {
  const node = nodeOf(argument);
  if (node?.kind === 'model') return node;
  const { engines } = await knownEngines(services);
  const { l10n } = services;
  const items = sortEngines(engines).flatMap((engine) =>
    engine.models.map((model) => ({
      label: messageText(modelLabel(model)),
      description: messageText([engine.name, ...modelFacts(l10n, model, false)].join(separator)),
      engine,
      model,
    })),
  );
  if (typeof argument === 'string') {
    const named = items.find((item) => canonicalModelId(item.engine.id, item.model.id) === argument);
    if (named !== undefined) return named;
  }
  if (items.length === 0) throw new FlmError('not_found', l10n.t('There is no model to choose from.'));
  return choose(items, placeHolder);
}

/** What the gateway knows, or finds when it has not looked yet. */
export async function knownEngines({ gateway, l10n }: CommandServices): Promise<EnginesSnapshot> {
  const known = gateway.status.state?.engines;
  if (known?.scannedAt !== undefined) return known;
  return withProgress(l10n.t('Looking for engines'), gateway.request('engines/refresh', {}));
}

async function choose<T extends vscode.QuickPickItem>(items: readonly T[], placeHolder: string): Promise<T> {
  const chosen = await vscode.window.showQuickPick(items, { placeHolder, matchOnDescription: true });
  if (chosen === undefined) throw new FlmError('cancelled', 'Nothing chosen');
  return chosen;
}

/** Commands in the tree's menus get the row; its shape is ours, but anybody may call a command with anything. */
function nodeOf(argument: unknown): TreeNode | undefined {
  if (typeof argument !== 'object' || argument === null || !('node' in argument)) return undefined;
  return (argument as TreeRow).node;
}

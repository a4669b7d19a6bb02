import * as vscode from 'vscode';
import { engineKinds, engineLabels, type EngineKind } from '../../core/engine';
import type { CommandHandler } from '../command-services';
import { engineDocs } from '../engine-guides';
import type { TreeRow } from '../tree/tree-model';

/** The makers' own pages. Called with a row, an engine kind, or nothing. */
export const openEngineDocs: CommandHandler = async ({ l10n }, argument) => {
  const kind = kindOf(argument) ?? (await ask(l10n.t('Engine whose documentation to open')));
  if (kind !== undefined) await vscode.env.openExternal(vscode.Uri.parse(engineDocs[kind]));
};

function kindOf(argument: unknown): EngineKind | undefined {
  if (typeof argument === 'string') return engineKinds.find((kind) => kind === argument);
  const node = (argument as Partial<TreeRow> | undefined)?.node;
  return node === undefined || node.kind === 'action' ? undefined : node.engine.kind;
}

async function ask(placeHolder: string): Promise<EngineKind | undefined> {
  const items = engineKinds.map((engine) => ({ label: engineLabels[engine], description: engineDocs[engine], engine }));
  return (await vscode.window.showQuickPick(items, { placeHolder }))?.engine;
}

import type * as vscode from 'vscode';
import { compose, type Composition, type FlmApi } from './compose';

let composition: Composition | undefined;

/** Called by VS Code once its window is up, or when a command or the view is used earlier. */
export function activate(context: vscode.ExtensionContext): FlmApi {
  composition = compose(context);
  return composition.api;
}

/** VS Code waits a few seconds for this when a window closes: the gateway hands over to another window meanwhile. */
export async function deactivate(): Promise<void> {
  await composition?.close();
  composition = undefined;
}

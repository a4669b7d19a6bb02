import { basename } from 'node:path';
import * as vscode from 'vscode';
import type { Disposable } from '../../core/disposable';

const scheme = 'flm-preview';

/** Shows what a file would become beside what it is. Nothing of it is a file; only the last pair is kept. */
export class PreviewDocuments implements vscode.TextDocumentContentProvider, Disposable {
  readonly #texts = new Map<string, string>();
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.#changed.event;
  #registration: vscode.Disposable | undefined;

  async showDiff(path: string, before: string, after: string, title: string): Promise<void> {
    this.#registration ??= vscode.workspace.registerTextDocumentContentProvider(scheme, this);
    this.#texts.clear();
    const left = this.#put('before', path, before);
    const right = this.#put('after', path, after);
    await vscode.commands.executeCommand('vscode.diff', left, right, title, { preview: true });
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.#texts.get(uri.path) ?? '';
  }

  dispose(): void {
    this.#registration?.dispose();
    this.#changed.dispose();
  }

  /** The file's own name, so that the editor colours it as its language. */
  #put(side: string, path: string, text: string): vscode.Uri {
    const uri = vscode.Uri.from({ scheme, path: `/${side}/${basename(path)}` });
    this.#texts.set(uri.path, text);
    this.#changed.fire(uri);
    return uri;
  }
}

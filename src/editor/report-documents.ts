import * as vscode from 'vscode';
import type { Disposable } from '../core/disposable';

const scheme = 'flm-report';

/** Shows a Markdown page that is no file: nothing to save, nothing left behind. The last page of a name is kept. */
export class ReportDocuments implements vscode.TextDocumentContentProvider, Disposable {
  readonly #pages = new Map<string, string>();
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.#changed.event;
  #registration: vscode.Disposable | undefined;

  /** Opens the page as a preview, or as text where the Markdown extension is disabled. */
  async show(name: string, markdown: string): Promise<void> {
    this.#registration ??= vscode.workspace.registerTextDocumentContentProvider(scheme, this);
    const uri = vscode.Uri.from({ scheme, path: `/${name}.md` });
    this.#pages.set(uri.path, markdown);
    this.#changed.fire(uri);
    try {
      await vscode.commands.executeCommand('markdown.showPreview', uri);
    } catch {
      await vscode.window.showTextDocument(uri, { preview: true });
    }
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.#pages.get(uri.path) ?? '';
  }

  dispose(): void {
    this.#registration?.dispose();
    this.#changed.dispose();
  }
}

import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../../core/disposable';
import { messageOf } from '../../core/errors';
import type { PolicyFile } from './policy-file';

const scheme = 'flm-policy';

/** The policy's one document. Its name is what package.json gives the JSON schema to, wherever the file lies. */
export const policyUri = vscode.Uri.from({ scheme, path: '/flm-security-policy.json' });

/**
 * The security policy as a file that can be edited and saved like any other. Saving gives it to the gateway; what the
 * gateway refuses cannot be saved, and the message says which field is wrong. What VS Code saves by itself while
 * somebody types is never complained about: it waits as a draft with its problem marked.
 */
export class PolicyFileSystem implements vscode.FileSystemProvider, Disposable {
  readonly #file: PolicyFile;
  readonly #changed = new vscode.EventEmitter<vscode.FileChangeEvent[]>();
  readonly onDidChangeFile = this.#changed.event;
  readonly #store = new DisposableStore();
  readonly #problems = vscode.languages.createDiagnosticCollection('flm-policy');
  /** Why the document is being saved, between VS Code's announcement and the saving. */
  #reason: vscode.TextDocumentSaveReason | undefined;
  #isRewritten = false;

  constructor(file: PolicyFile) {
    this.#file = file;
  }

  start(): void {
    this.#store.add(vscode.workspace.registerFileSystemProvider(scheme, this, { isCaseSensitive: true }));
    this.#store.add(this.#problems);
    this.#store.add(
      vscode.workspace.onWillSaveTextDocument(({ document, reason }) => {
        if (document.uri.toString() === policyUri.toString()) this.#reason = reason;
      }),
    );
  }

  /** The policy is another now: an open document that was not edited shows it. */
  changed(): void {
    this.#changed.fire([{ type: vscode.FileChangeType.Changed, uri: policyUri }]);
  }

  async stat(uri: vscode.Uri): Promise<vscode.FileStat> {
    requirePolicy(uri);
    const { text, mtime } = await this.#file.read();
    if (this.#isRewritten) this.#readAgainSoon();
    return { type: vscode.FileType.File, ctime: 0, mtime, size: Buffer.byteLength(text) };
  }

  async readFile(uri: vscode.Uri): Promise<Uint8Array> {
    requirePolicy(uri);
    return new TextEncoder().encode((await this.#file.read()).text);
  }

  async writeFile(uri: vscode.Uri, content: Uint8Array): Promise<void> {
    requirePolicy(uri);
    const reason = this.#reason;
    this.#reason = undefined;
    const isAutomatic = reason !== undefined && reason !== vscode.TextDocumentSaveReason.Manual;
    try {
      const { problem, isRewritten } = await this.#file.write(new TextDecoder().decode(content), isAutomatic);
      this.#isRewritten = isRewritten;
      this.#mark(problem);
    } catch (error) {
      this.#mark(messageOf(error));
      throw vscode.FileSystemError.Unavailable(messageOf(error));
    }
  }

  watch(): vscode.Disposable {
    return new vscode.Disposable(() => undefined);
  }

  readDirectory(): [string, vscode.FileType][] {
    return [[policyUri.path.slice(1), vscode.FileType.File]];
  }

  createDirectory(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  delete(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  rename(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  dispose(): void {
    this.#store.dispose();
    this.#changed.dispose();
  }

  /**
   * After a saving VS Code asks for the file's time and takes it for that of the text it saved. Only a later time makes
   * it read the document again, which now has every field.
   */
  #readAgainSoon(): void {
    this.#isRewritten = false;
    setTimeout(() => {
      this.#file.touch();
      this.changed();
    });
  }

  /** Says in the document what keeps it from being in force. */
  #mark(problem: string | undefined): void {
    const start = new vscode.Range(0, 0, 0, 1);
    this.#problems.set(policyUri, problem === undefined ? [] : [new vscode.Diagnostic(start, problem)]);
  }
}

function requirePolicy(uri: vscode.Uri): void {
  if (uri.path !== policyUri.path) throw vscode.FileSystemError.FileNotFound(uri);
}

import * as vscode from 'vscode';
import type { Disposable } from '../../core/disposable';
import { messageOf } from '../../core/errors';
import type { PolicyFile } from './policy-file';

const scheme = 'flm-policy';

/** The policy's one document. Its name is what package.json gives the JSON schema to, wherever the file lies. */
export const policyUri = vscode.Uri.from({ scheme, path: '/flm-security-policy.json' });

/**
 * The security policy as a file that can be edited and saved like any other. Saving gives it to the gateway; what the
 * gateway refuses cannot be saved, and the message says which field is wrong.
 */
export class PolicyFileSystem implements vscode.FileSystemProvider, Disposable {
  readonly #file: PolicyFile;
  readonly #changed = new vscode.EventEmitter<vscode.FileChangeEvent[]>();
  readonly onDidChangeFile = this.#changed.event;
  #registration: vscode.Disposable | undefined;

  constructor(file: PolicyFile) {
    this.#file = file;
  }

  start(): void {
    this.#registration = vscode.workspace.registerFileSystemProvider(scheme, this, { isCaseSensitive: true });
  }

  /** The policy is another now: an open document that was not edited shows it. */
  changed(): void {
    this.#changed.fire([{ type: vscode.FileChangeType.Changed, uri: policyUri }]);
  }

  async stat(uri: vscode.Uri): Promise<vscode.FileStat> {
    requirePolicy(uri);
    const { text, mtime } = await this.#file.read();
    return { type: vscode.FileType.File, ctime: 0, mtime, size: Buffer.byteLength(text) };
  }

  async readFile(uri: vscode.Uri): Promise<Uint8Array> {
    requirePolicy(uri);
    return new TextEncoder().encode((await this.#file.read()).text);
  }

  async writeFile(uri: vscode.Uri, content: Uint8Array): Promise<void> {
    requirePolicy(uri);
    try {
      await this.#file.write(new TextDecoder().decode(content));
    } catch (error) {
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
    this.#registration?.dispose();
    this.#changed.dispose();
  }
}

function requirePolicy(uri: vscode.Uri): void {
  if (uri.path !== policyUri.path) throw vscode.FileSystemError.FileNotFound(uri);
}

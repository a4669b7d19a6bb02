import * as vscode from 'vscode';
import type { FlmConfig, SettingKey } from '../core/config-schema';
import type { Disposable } from '../core/disposable';
import { Emitter, type Event } from '../core/emitter';
import { settingNames } from './contributions';

/**
 * The `flm.*` settings as written. The gateway decides what is usable; here a value of another type than its default's
 * counts as not set.
 */
export class Settings implements Disposable {
  readonly #changed = new Emitter<undefined>();
  readonly #subscription: vscode.Disposable;
  readonly onDidChange: Event<undefined> = this.#changed.event;

  constructor() {
    this.#subscription = vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('flm')) this.#changed.fire(undefined);
    });
  }

  /** Every setting the gateway reads, by name: what `config/set` and `hello` carry. */
  raw(): Readonly<Record<string, unknown>> {
    const configuration = vscode.workspace.getConfiguration('flm');
    const values = Object.fromEntries(settingNames.map((name) => [name, configuration.get<unknown>(name)]));
    // VS Code hands out objects behind proxies, which cannot be cloned to a worker.
    return JSON.parse(JSON.stringify(values)) as Record<string, unknown>;
  }

  get<K extends SettingKey>(name: K, fallback: FlmConfig[K]): FlmConfig[K] {
    const value = vscode.workspace.getConfiguration('flm').get<unknown>(name);
    return typeof value === typeof fallback && Array.isArray(value) === Array.isArray(fallback)
      ? (value as FlmConfig[K])
      : fallback;
  }

  strings(name: 'engines.hidden'): readonly string[] {
    const values: readonly unknown[] = this.get(name, []);
    return values.filter((value) => typeof value === 'string');
  }

  /** Writes to the settings of this machine: in a remote window those of the remote. */
  async update<K extends SettingKey>(name: K, value: FlmConfig[K] | undefined): Promise<void> {
    await vscode.workspace.getConfiguration('flm').update(name, value, vscode.ConfigurationTarget.Global);
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#changed.dispose();
  }
}

import type { Disposable } from '../core/disposable';
import { Emitter, type Event } from '../core/emitter';
import { parseKeyRing, type KeyRing } from './key-ring';

/** One secret for all engines: VS Code's SecretStorage could not list its keys before 1.105, and FLM runs on 1.104. */
const secretName = 'flm.engineKeys';

/** The part of VS Code's SecretStorage that is needed. */
export interface SecretStore {
  get(key: string): PromiseLike<string | undefined>;
  store(key: string, value: string): PromiseLike<void>;
  onDidChange(listener: (event: { readonly key: string }) => void): Disposable;
}

/** API keys for engines by base URL, in the operating system's secret store; never in a setting or a file of ours. */
export class EngineKeys implements Disposable {
  readonly #secrets: SecretStore;
  readonly #subscription: Disposable;
  readonly #changed = new Emitter<undefined>();
  /** A key was set or cleared, in this window or another. */
  readonly onDidChange: Event<undefined> = this.#changed.event;

  constructor(secrets: SecretStore) {
    this.#secrets = secrets;
    this.#subscription = secrets.onDidChange((event) => {
      if (event.key === secretName) this.#changed.fire(undefined);
    });
  }

  /** All keys by base URL. What cannot be read counts as no keys. */
  async all(): Promise<KeyRing> {
    return parseKeyRing(await this.#secrets.get(secretName));
  }

  /** Undefined: forget the key of this address. */
  async set(baseUrl: string, key: string | undefined): Promise<void> {
    const others = Object.entries(await this.all()).filter(([address]) => address !== baseUrl);
    const ring = Object.fromEntries(key === undefined ? others : [...others, [baseUrl, key]]);
    await this.#secrets.store(secretName, JSON.stringify(ring));
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#changed.dispose();
  }
}

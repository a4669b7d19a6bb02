import { DisposableStore, type Disposable } from '../core/disposable';
import { messageOf } from '../core/errors';
import type { Logger } from '../core/logger';
import { changedEngineKeys, type KeyRing } from './key-ring';
import type { EngineKeys } from './engine-keys';
import type { Gateway } from './gateway-port';
import type { Settings } from './settings';

/**
 * Passes on what changes here: settings and engine keys. A new connection brings both with its `hello`, so only changes
 * while connected are of interest; equal ones are no change to the gateway.
 */
export class GatewaySync implements Disposable {
  readonly #gateway: Gateway;
  readonly #settings: Pick<Settings, 'raw' | 'onDidChange'>;
  readonly #engineKeys: EngineKeys;
  readonly #log: Logger;
  readonly #store = new DisposableStore();
  #knownKeys: KeyRing = {};

  constructor(gateway: Gateway, settings: Pick<Settings, 'raw' | 'onDidChange'>, engineKeys: EngineKeys, log: Logger) {
    this.#gateway = gateway;
    this.#settings = settings;
    this.#engineKeys = engineKeys;
    this.#log = log;
  }

  start(): void {
    this.#store.add(this.#settings.onDidChange(() => void this.#pushSettings()));
    this.#store.add(this.#engineKeys.onDidChange(() => void this.#pushKeys()));
  }

  /** The keys for a `hello`; changes are told relative to them. */
  async keysForHello(): Promise<KeyRing> {
    this.#knownKeys = await this.#engineKeys.all();
    return this.#knownKeys;
  }

  dispose(): void {
    this.#store.dispose();
  }

  async #pushSettings(): Promise<void> {
    if (this.#gateway.status.phase !== 'connected') return;
    try {
      const problems = await this.#gateway.request('config/set', { settings: this.#settings.raw() });
      for (const { key, message } of problems) this.#log.warn(`Setting ${key} is not used: it ${message}`);
    } catch (error) {
      this.#log.warn('The gateway did not take the new settings', { error: messageOf(error) });
    }
  }

  async #pushKeys(): Promise<void> {
    const before = this.#knownKeys;
    this.#knownKeys = await this.#engineKeys.all();
    if (this.#gateway.status.phase !== 'connected') return;
    for (const [baseUrl, key] of changedEngineKeys(before, this.#knownKeys)) {
      try {
        await this.#gateway.request('engines/setKey', key === undefined ? { baseUrl } : { baseUrl, key });
      } catch (error) {
        this.#log.warn(`The gateway did not take the key for ${baseUrl}`, { error: messageOf(error) });
      }
    }
  }
}

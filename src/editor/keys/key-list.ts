import type { ApiKey } from '../../core/api-key';
import type { Clock } from '../../core/clock';
import type { Disposable } from '../../core/disposable';
import { Emitter, type Event } from '../../core/emitter';
import { messageOf } from '../../core/errors';
import type { Logger } from '../../core/logger';
import type { Gateway } from '../gateway-port';
import { dayMs } from './key-expiry';

/** What the windows know of the keys. A value: replaced on change. */
export interface KnownKeys {
  readonly keys: readonly ApiKey[];
  /** Requests since midnight by key id; a key that is missing had none. */
  readonly requestsToday: ReadonlyMap<string, number>;
}

/** The keys of the gateway as last asked for. The gateway pushes how many can be used, not which. */
export class KeyList implements Disposable {
  readonly #gateway: Gateway;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #changed = new Emitter<KnownKeys>();
  readonly onDidChange: Event<KnownKeys> = this.#changed.event;
  #known: KnownKeys = { keys: [], requestsToday: new Map() };
  #running: Promise<void> | undefined;
  #isStale = false;

  constructor(gateway: Gateway, clock: Clock, log: Logger) {
    this.#gateway = gateway;
    this.#clock = clock;
    this.#log = log;
  }

  get known(): KnownKeys {
    return this.#known;
  }

  /** Asks the gateway anew. Never rejects: without an answer the last one stays. Asked twice at once, it runs once more. */
  async refresh(): Promise<void> {
    this.#isStale = true;
    this.#running ??= this.#run().finally(() => (this.#running = undefined));
    await this.#running;
  }

  dispose(): void {
    this.#changed.dispose();
  }

  async #run(): Promise<void> {
    while (this.#isStale) {
      this.#isStale = false;
      try {
        const keys = await this.#gateway.request('keys/list', {});
        this.#known = { keys, requestsToday: keys.length === 0 ? new Map() : await this.#usage() };
        this.#changed.fire(this.#known);
      } catch (error) {
        this.#log.debug('The keys could not be listed', { error: messageOf(error) });
        return;
      }
    }
  }

  async #usage(): Promise<ReadonlyMap<string, number>> {
    const now = this.#clock.now();
    const from = new Date(now).setHours(0, 0, 0, 0);
    const query = { from, to: now + 1, bucketMs: dayMs, top: 100 };
    try {
      const { byKey } = await this.#gateway.request('audit/statistics', query);
      return new Map(byKey.map(({ name, requests }) => [name, requests]));
    } catch (error) {
      this.#log.debug('The use of the keys could not be counted', { error: messageOf(error) });
      return new Map();
    }
  }
}

import { watch, type FSWatcher } from 'node:fs';
import { mkdir, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../core/clock';
import type { Disposable } from '../core/disposable';
import { messageOf } from '../core/errors';
import type { Logger } from '../core/logger';

/** Lease and desired state: touched every few seconds while a gateway lives. */
const traces = /^gateway\..*\.json$/;

/** A window that reloads leaves the gateway without an owner for a few seconds, a restart of VS Code for some more. */
const freshMs = 60_000;

/**
 * Notices that some window has a gateway, or had one a moment ago, without talking to it: a window that needs none of
 * its own still shows the proxy that another one started.
 */
export class GatewayPresence implements Disposable {
  readonly #dataDir: string;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #onFound: () => void;
  #watcher: FSWatcher | undefined;
  #isDone = false;

  /** `onFound` is called once at most. */
  constructor(dataDir: string, clock: Clock, log: Logger, onFound: () => void) {
    this.#dataDir = dataDir;
    this.#clock = clock;
    this.#log = log;
    this.#onFound = onFound;
  }

  /** Looks now, and waits for traces to appear. Never rejects: without a readable folder there is nothing to notice. */
  async start(): Promise<void> {
    try {
      await mkdir(this.#dataDir, { recursive: true, mode: 0o700 });
      this.#watch();
      if (await this.#hasFreshTrace()) this.#found();
    } catch (error) {
      this.#log.warn('Cannot watch for the gateway of another window', { error: messageOf(error) });
    }
  }

  dispose(): void {
    this.#isDone = true;
    this.#watcher?.close();
    this.#watcher = undefined;
  }

  #watch(): void {
    if (this.#isDone) return;
    this.#watcher = watch(this.#dataDir, { persistent: false }, (_, name) => {
      if (name === null || traces.test(name)) this.#lookAgain();
    });
    this.#watcher.on('error', (error) => {
      this.#log.debug('Watching for a gateway ended', { error: error.message });
      this.#watcher?.close();
    });
  }

  #lookAgain(): void {
    this.#hasFreshTrace().then(
      (isFresh) => {
        if (isFresh) this.#found();
      },
      () => undefined,
    );
  }

  async #hasFreshTrace(): Promise<boolean> {
    const names = (await readdir(this.#dataDir)).filter((name) => traces.test(name));
    const ages = await Promise.all(
      names.map(async (name) => {
        try {
          return this.#clock.now() - (await stat(join(this.#dataDir, name))).mtimeMs;
        } catch {
          return Infinity;
        }
      }),
    );
    return ages.some((age) => age < freshMs);
  }

  #found(): void {
    if (this.#isDone) return;
    this.dispose();
    this.#onFound();
  }
}

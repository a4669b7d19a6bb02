import { watch, type FSWatcher } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Clock, Timer } from '../../core/clock';

/** Tools write certificate and key one after the other; the pair is read when it has been quiet this long. */
const quietMs = 500;
/** Where the system tells nothing: network drives, some containers. */
const pollMs = 60_000;

/**
 * Calls when files may have changed: watches the folders they are in, also those their links lead to (certbot exchanges
 * links, Kubernetes a folder), and once a minute besides. Says nothing about what changed; looking is cheap.
 */
export class FileWatch {
  readonly #clock: Clock;
  readonly #onChange: () => void;
  #watchers: FSWatcher[] = [];
  #quiet: Timer | undefined;
  #poll: Timer | undefined;
  #generation = 0;

  constructor(clock: Clock, onChange: () => void) {
    this.#clock = clock;
    this.#onChange = onChange;
  }

  /** Watches these files, instead of those before. Does not reject: what cannot be watched is polled. */
  async start(files: readonly string[]): Promise<void> {
    this.stop();
    const generation = this.#generation;
    this.#setPoll();
    const real = await Promise.all(files.map((file) => realpath(file).catch(() => file)));
    if (generation !== this.#generation) return;
    const folders = new Set([...files, ...real].map((file) => dirname(file)));
    this.#watchers = [...folders].flatMap((folder) => this.#watch(folder));
  }

  stop(): void {
    this.#generation++;
    for (const watcher of this.#watchers) watcher.close();
    this.#watchers = [];
    this.#quiet?.cancel();
    this.#poll?.cancel();
  }

  #watch(folder: string): readonly FSWatcher[] {
    try {
      const watcher = watch(folder, { persistent: false }, () => this.#changed());
      watcher.on('error', () => watcher.close());
      return [watcher];
    } catch {
      return [];
    }
  }

  #changed(): void {
    this.#quiet?.cancel();
    this.#quiet = this.#clock.setTimeout(this.#onChange, quietMs);
  }

  #setPoll(): void {
    this.#poll = this.#clock.setTimeout(() => {
      this.#setPoll();
      this.#onChange();
    }, pollMs);
  }
}

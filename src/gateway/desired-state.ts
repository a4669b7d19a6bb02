import { readFile, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock, Timer } from '../core/clock';
import { messageOf } from '../core/errors';
import type { Logger } from '../core/logger';
import { writeFileAtomic } from './atomic-file';

/** What a person switched on, for the gateway that takes over. */
export interface DesiredState {
  readonly isProxyOn: boolean;
  /** Where the proxy listens, and the port it was asked for when it was given that one. */
  readonly port?: number;
  readonly wantedPort?: number;
  /** Port of the running demo engine. */
  readonly demoPort?: number;
}

const fileName = 'gateway.state.json';
/** The file is touched this often while a gateway lives … */
const keepAliveMs = 10_000;
/** … and believed by a gateway that starts within this time: a take-over or a reload, not tomorrow's first window. */
const takeOverWindowMs = 60_000;
const nothing: DesiredState = { isProxyOn: false };

/** Remembers across a take-over what was switched on. A failing disk costs that memory and nothing else. */
export class DesiredStateFile {
  readonly #path: string;
  readonly #clock: Clock;
  readonly #logger: Logger;
  #current: DesiredState = nothing;
  #writing: Promise<void> = Promise.resolve();
  #timer: Timer | undefined;

  constructor(dataDir: string, clock: Clock, logger: Logger) {
    this.#path = join(dataDir, fileName);
    this.#clock = clock;
    this.#logger = logger;
  }

  /** What the previous gateway left, if it lived a moment ago. Starts to keep the file young. Never rejects. */
  async restore(): Promise<DesiredState> {
    this.#current = await this.#read();
    this.#keepAlive();
    return this.#current;
  }

  /** Merges a change and writes it. Returns at once. */
  update(change: { readonly [K in keyof DesiredState]?: DesiredState[K] | undefined }): void {
    const next = Object.fromEntries(
      Object.entries({ ...this.#current, ...change }).filter(([, value]) => value !== undefined),
    ) as unknown as DesiredState;
    if (JSON.stringify(next) === JSON.stringify(this.#current)) return;
    this.#current = next;
    this.#writing = this.#writing
      .then(() => writeFileAtomic(this.#path, JSON.stringify(next)))
      .catch((error: unknown) => this.#logger.warn(`Could not remember what is switched on: ${messageOf(error)}`));
  }

  /** Resolves once what was last told survives a crash, or could not be written. */
  flush(): Promise<void> {
    return this.#writing;
  }

  /** Waits for the last write and lets the file age from now on. */
  async close(): Promise<void> {
    this.#timer?.cancel();
    this.#timer = undefined;
    await this.#writing;
    await this.#touch();
  }

  /** Forgets everything: for a stop that is meant to last. */
  async clear(): Promise<void> {
    this.#timer?.cancel();
    await this.#writing;
    await rm(this.#path, { force: true }).catch(() => undefined);
  }

  async #read(): Promise<DesiredState> {
    try {
      const age = this.#clock.now() - (await stat(this.#path)).mtimeMs;
      // A clock set back makes the file look young: then restoring is the lesser surprise.
      return age > takeOverWindowMs ? nothing : parse(await readFile(this.#path, 'utf8'));
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== 'ENOENT') this.#logger.warn(`Could not read what was switched on: ${messageOf(error)}`);
      return nothing;
    }
  }

  #keepAlive(): void {
    this.#timer = this.#clock.setTimeout(() => {
      void this.#touch();
      this.#keepAlive();
    }, keepAliveMs);
  }

  async #touch(): Promise<void> {
    const now = new Date(this.#clock.now());
    // Nothing was ever switched on: there is no file.
    await utimes(this.#path, now, now).catch(() => undefined);
  }
}

function parse(text: string): DesiredState {
  const value = JSON.parse(text) as Record<string, unknown> | null;
  if (typeof value !== 'object' || value === null) return nothing;
  const port = portOf(value.port);
  const wantedPort = portOf(value.wantedPort);
  const demoPort = portOf(value.demoPort);
  return {
    isProxyOn: value.isProxyOn === true,
    ...(port === undefined ? {} : { port }),
    ...(wantedPort === undefined ? {} : { wantedPort }),
    ...(demoPort === undefined ? {} : { demoPort }),
  };
}

function portOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isInteger(value) && value > 0 && value <= 65_535 ? value : undefined;
}

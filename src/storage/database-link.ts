import type { Clock } from '../core/clock';
import { FlmError, messageOf } from '../core/errors';
import type { Logger } from '../core/logger';
import type { DatabaseHostApi, OpenReport, OpenRequest, RunningHost } from './database-host-api';
import type { JournalBatch } from './journal';

export interface LinkPorts {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Starts the host; may throw. */
  readonly startHost: () => RunningHost;
  /** Used when the first one does not come up. */
  readonly startFallback: () => RunningHost;
  readonly openRequest: () => OpenRequest;
  /** Everything handed over so far is in the journal, as far as the disk takes it. */
  readonly beforeReopen: () => Promise<void>;
  /** The database is gone for good (a reason), or there again (undefined). */
  readonly onAvailability: (problem: string | undefined) => void;
}

/** Ends of the host within {@link restartWindowMs} after which it is left alone. */
const maxRestarts = 3;
const restartWindowMs = 10 * 60_000;

/**
 * The connection to whoever owns the database. When a worker dies, a new one opens the last saved file and replays the
 * journal; batches handed over meanwhile wait. Numbers make it harmless that some arrive twice.
 */
export class DatabaseLink {
  readonly #ports: LinkPorts;
  #host: RunningHost | undefined;
  #isReady = false;
  #isClosing = false;
  #ends: number[] = [];
  /** Handed over and not yet confirmed, oldest first. */
  #unconfirmed: JournalBatch[] = [];
  #unconfirmedBytes = 0;

  constructor(ports: LinkPorts) {
    this.#ports = ports;
  }

  /** Size of what waits to be applied. */
  get backlogBytes(): number {
    return this.#unconfirmedBytes;
  }

  get isSeparate(): boolean {
    return this.#host?.isSeparate === true;
  }

  /** Starts the host and opens the database, on this thread if a worker cannot be had. */
  async start(): Promise<OpenReport> {
    let first: RunningHost | undefined;
    try {
      first = this.#ports.startHost();
      return await this.#open(first);
    } catch (error) {
      if (first?.isSeparate === false) throw error;
      this.#ports.logger.warn('The storage worker could not be used; the database runs beside the requests.', {
        error,
      });
      await first?.api.close();
      return await this.#open(this.#ports.startFallback());
    }
  }

  /** Hands a batch to the database. Never throws. */
  post(batch: JournalBatch): void {
    this.#unconfirmed.push(batch);
    this.#unconfirmedBytes += batch.data.byteLength;
    if (this.#isReady) this.#apply(batch);
  }

  /** Calls the host. Rejects with `storage_failed` while there is none. */
  async call<T>(use: (api: DatabaseHostApi) => Promise<T>): Promise<T> {
    if (this.#host === undefined || !this.#isReady) {
      throw new FlmError('storage_failed', 'The database is not available.');
    }
    return use(this.#host.api);
  }

  async close(): Promise<void> {
    this.#isClosing = true;
    await this.#host?.api.close().catch((error: unknown) => {
      this.#ports.logger.warn('Closing the database failed.', { error });
    });
    this.#host = undefined;
    this.#isReady = false;
  }

  async #open(host: RunningHost): Promise<OpenReport> {
    host.onDidEnd((error) => void this.#ended(host, error));
    const report = await host.api.open(this.#ports.openRequest());
    this.#host = host;
    this.#isReady = true;
    for (const batch of this.#unconfirmed) this.#apply(batch);
    return report;
  }

  #apply(batch: JournalBatch): void {
    const host = this.#host;
    host?.api.apply(batch.data).then(
      () => this.#confirm(batch),
      (error: unknown) => {
        if (this.#host !== host || !this.#isReady) return; // It ended: the batch goes to the next one.
        this.#ports.logger.error('A batch of records could not be stored.', { error });
        this.#confirm(batch);
      },
    );
  }

  #confirm(batch: JournalBatch): void {
    const index = this.#unconfirmed.indexOf(batch);
    if (index < 0) return;
    this.#unconfirmed.splice(index, 1);
    this.#unconfirmedBytes -= batch.data.byteLength;
  }

  async #ended(host: RunningHost, error: Error): Promise<void> {
    if (this.#isClosing || this.#host !== host) return;
    this.#isReady = false;
    const now = this.#ports.clock.monotonic();
    this.#ends = [...this.#ends.filter((at) => now - at < restartWindowMs), now];
    this.#ports.logger.error('The storage worker ended unexpectedly.', { error, times: this.#ends.length });
    try {
      if (this.#ends.length > maxRestarts) throw error;
      await this.#ports.beforeReopen();
      await this.#open(this.#ports.startHost());
      this.#ports.onAvailability(undefined);
    } catch (cause) {
      this.#host = undefined;
      this.#ports.onAvailability(messageOf(cause));
    }
  }
}

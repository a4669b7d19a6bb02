import type { Clock, Timer } from '../core/clock';
import { FlmError, messageOf } from '../core/errors';
import type { Logger } from '../core/logger';
import type { DatabaseHostApi, OpenReport, OpenRequest, RunningHost } from './database-host-api';
import type { JournalBatch } from './journal-batch';

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

/**
 * Batches are gathered for so long, or until they are so large, and applied in one transaction: at 4,000 records a
 * second a quarter of the wake-ups and half of the worker's time. Any call hands over what was gathered first, so what
 * was recorded is found by a query that follows.
 */
const gatherMs = 250;
/** About 1,000 records: 10 ms of the worker's time, which is what a query may wait for. */
const gatherBytes = 256 * 1024;

/** What is applied at once. */
interface Group {
  readonly batches: Uint8Array[];
  bytes: number;
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
  /** Not handed over yet. */
  #gathered: Group = { batches: [], bytes: 0 };
  #gatherTimer: Timer | undefined;
  /** Handed over and not yet confirmed. */
  readonly #unconfirmed = new Set<Group>();
  #backlogBytes = 0;

  constructor(ports: LinkPorts) {
    this.#ports = ports;
  }

  /** Size of what waits to be applied. */
  get backlogBytes(): number {
    return this.#backlogBytes;
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

  /** Takes a batch for the database, which has it at most {@link gatherMs} later. Never throws. */
  post({ data }: JournalBatch): void {
    this.#gathered.batches.push(data);
    this.#gathered.bytes += data.byteLength;
    this.#backlogBytes += data.byteLength;
    // On the requests' own thread the work is done in small portions
    if (this.#gathered.bytes >= gatherBytes || this.#host?.isSeparate === false) this.#handOver();
    else this.#gatherTimer ??= this.#ports.clock.setTimeout(() => this.#handOver(), gatherMs);
  }

  /** Calls the host. Rejects with `storage_failed` while there is none. */
  async call<T>(use: (api: DatabaseHostApi) => Promise<T>): Promise<T> {
    if (this.#host === undefined || !this.#isReady) {
      throw new FlmError('storage_failed', 'The database is not available.');
    }
    this.#handOver();
    return use(this.#host.api);
  }

  async close(): Promise<void> {
    this.#handOver();
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
    for (const group of this.#unconfirmed) this.#apply(group);
    return report;
  }

  #handOver(): void {
    this.#gatherTimer?.cancel();
    this.#gatherTimer = undefined;
    const group = this.#gathered;
    if (group.batches.length === 0) return;
    this.#gathered = { batches: [], bytes: 0 };
    this.#unconfirmed.add(group);
    if (this.#isReady) this.#apply(group);
  }

  #apply(group: Group): void {
    const host = this.#host;
    host?.api.apply(group.batches).then(
      () => this.#confirm(group),
      (error: unknown) => {
        if (this.#host !== host || !this.#isReady) return; // It ended: the batches go to the next one.
        this.#ports.logger.error('Records could not be stored.', { error, bytes: group.bytes });
        this.#confirm(group);
      },
    );
  }

  #confirm(group: Group): void {
    if (this.#unconfirmed.delete(group)) this.#backlogBytes -= group.bytes;
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

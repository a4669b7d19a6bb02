import type { RetentionPolicy } from '../core/audit-query';
import type { Clock, Timer } from '../core/clock';
import type { Logger } from '../core/logger';
import type { DatabaseLink } from './database-link';
import type { DatabaseSaver } from './database-saver';
import type { Journal } from './journal';
import type { Recorder } from './recorder';

const everyMs = 60_000;
/** New entries, as a share of the rows that are kept, after which the minute is not waited for. */
const earlyShare = 0.25;

/**
 * Archives and removes what is too old or too much from {@link start} to {@link stop}: once a minute, and earlier when
 * much is recorded, so that neither memory nor the saved file outgrows the limit by more than a quarter.
 */
export class RetentionKeeper {
  policy: RetentionPolicy;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #link: DatabaseLink;
  readonly #recorder: Recorder;
  readonly #saver: DatabaseSaver;
  #journal: Journal | undefined;
  #timer: Timer | undefined;
  #added = 0;
  #isRunning = false;

  constructor(
    policy: RetentionPolicy,
    clock: Clock,
    logger: Logger,
    link: DatabaseLink,
    recorder: Recorder,
    saver: DatabaseSaver,
  ) {
    this.policy = policy;
    this.#clock = clock;
    this.#logger = logger;
    this.#link = link;
    this.#recorder = recorder;
    this.#saver = saver;
  }

  start(journal: Journal): void {
    this.#journal = journal;
    this.#schedule();
  }

  stop(): void {
    this.#journal = undefined;
    this.#timer?.cancel();
  }

  /** So many entries went to the database. */
  added(entries: number): void {
    this.#added += entries;
    if (this.#added > this.policy.maxRows * earlyShare && !this.#isRunning) void this.now();
  }

  /** Does nothing before the start and after the stop. Never rejects. */
  async now(): Promise<void> {
    if (this.#journal === undefined) return;
    this.#added = 0;
    this.#isRunning = true;
    try {
      this.#journal.handOver();
      const result = await this.#link.call((api) => api.retain(this.policy, this.#clock.now()));
      if (result.archivedRows + result.removedAccess === 0) return;
      this.#recorder.tell('storage.retention', 'info', 'storage.retention', undefined, { ...result });
      this.#saver.changed();
    } catch (error) {
      this.#logger.warn('Old records could not be archived.', { error });
    } finally {
      this.#isRunning = false;
    }
  }

  #schedule(): void {
    this.#timer = this.#clock.setTimeout(() => {
      void this.now().finally(() => {
        if (this.#journal !== undefined) this.#schedule();
      });
    }, everyMs);
  }
}

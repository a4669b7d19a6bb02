import type { AuditEvent, Severity } from '../core/audit';
import type { Clock } from '../core/clock';
import { FlmError } from '../core/errors';
import type { Logger } from '../core/logger';
import { reason } from '../core/reason';
import { errorCodeOf } from './file-system';
import type { Journal } from './journal';
import type { EntryTag, JournalEntries } from './journal-entry';
import type { RecordSink } from './record-sink';
import { sanitizeEvent } from './sanitize';
import { diskReason } from './state-keeper';
import type { StateKeeper } from './state-keeper';

export interface RecorderPorts {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly state: StateKeeper;
  /** Size of what the database has yet to take. */
  readonly backlogBytes: () => number;
}

/** Entries waiting for the database beyond which records are left out: it would take seconds to catch up. */
const maxBacklogBytes = 64 * 1024 * 1024;
/** A step back of the wall clock that is worth a row. */
const clockStepMs = 60_000;
const longestSkipLogMs = 60_000;

/**
 * Puts what is to be remembered into the journal, or counts what cannot be. Costs microseconds, never throws. Takes
 * entries from {@link open} to {@link close}.
 */
export class Recorder implements RecordSink {
  readonly #ports: RecorderPorts;
  #journal: Journal | undefined;
  #left = 0;
  #leftToldAt = Number.NEGATIVE_INFINITY;
  #latestAt = 0;

  constructor(ports: RecorderPorts) {
    this.#ports = ports;
  }

  /** `latestAt`: time of the latest audit row. */
  open(journal: Journal, latestAt: number): void {
    this.#journal = journal;
    this.#latestAt = latestAt;
  }

  close(): void {
    this.#journal = undefined;
  }

  append<T extends EntryTag>(tag: T, value: JournalEntries[T]): void {
    const { state, backlogBytes } = this.#ports;
    if (this.#journal === undefined) {
      this.#leaveOut();
      return;
    }
    if ((tag === 'a' || tag === 'q') && backlogBytes() > maxBacklogBytes) {
      state.set('overload', reason('storage.overloaded'));
      this.#leaveOut();
      return;
    }
    state.set('overload', undefined);
    this.#journal.append(tag, JSON.stringify(value));
  }

  async durable(): Promise<void> {
    if (this.#journal === undefined) {
      throw new FlmError('storage_failed', 'Storage is read-only or closed: the change holds until FLM ends.');
    }
    try {
      await this.#journal.durable();
    } catch (cause) {
      const message = `The change could not be written to the disk (${errorCodeOf(cause)}).`;
      throw new FlmError('storage_failed', message, { cause });
    }
  }

  /** An audit row of storage itself. */
  tell(
    kind: AuditEvent['kind'],
    severity: Severity,
    rule: string,
    evidence?: string,
    details?: AuditEvent['details'],
  ): void {
    const event: AuditEvent = {
      kind,
      severity,
      at: this.#ports.clock.now(),
      rule,
      ...(evidence === undefined ? {} : { evidence }),
      ...(details === undefined ? {} : { details }),
    };
    this.append('a', sanitizeEvent(event));
  }

  /** A wall clock set back makes times in the log run backwards: said once per step. Order is by number anyway. */
  noticeClock(): void {
    const at = this.#ports.clock.now();
    if (at < this.#latestAt - clockStepMs) {
      const back = Math.round((this.#latestAt - at) / 1000);
      this.#latestAt = at;
      this.tell('storage.recovered', 'low', 'storage.clock', `The clock went back by ${back} s.`);
    }
    this.#latestAt = Math.max(this.#latestAt, at);
  }

  /** Writing the journal began to fail (the disk's code), or works again. */
  journalHealth(error: string | undefined, folder: string): void {
    const { logger, state } = this.#ports;
    if (error !== undefined) {
      logger.error('Writing the journal failed.', { error });
      if (state.set('journal', diskReason(error, folder))) {
        this.tell('storage.failed', 'high', 'storage.journal', `Writing the journal failed: ${error}`);
      }
    } else if (state.set('journal', undefined)) {
      logger.info('The journal can be written again.');
      this.tell('storage.recovered', 'info', 'storage.journal', 'The journal can be written again.', {
        givenUp: this.#journal?.dropped ?? 0,
      });
    }
  }

  #leaveOut(): void {
    this.#left++;
    const now = this.#ports.clock.monotonic();
    if (now - this.#leftToldAt < longestSkipLogMs) return;
    this.#leftToldAt = now;
    this.#ports.logger.warn('Records are not kept.', { leftOut: this.#left });
  }
}

import type { Clock } from '../core/clock';
import { FlmError } from '../core/errors';
import type { Logger } from '../core/logger';
import type { DatabaseLink } from './database-link';
import { errorCodeOf } from './file-system';
import type { Journal } from './journal';
import type { OwnFolder } from './own-folder';
import type { Recorder } from './recorder';
import { SaveSchedule } from './save-schedule';
import type { SaveTimings } from './save-schedule';
import { diskReason } from './state-keeper';
import type { StateKeeper } from './state-keeper';

export interface SaverPorts {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly folder: OwnFolder;
  readonly timings: SaveTimings;
  readonly state: StateKeeper;
  readonly link: DatabaseLink;
  readonly recorder: Recorder;
  /** The folder belongs to somebody else now. */
  readonly onLockLost: () => void;
}

/** A journal of this size is saved into the database without waiting for the schedule. */
const maxJournalBytes = 32 * 1024 * 1024;

/** Saves the database when it is time, and lets go of the journal files that are then no longer needed. */
export class DatabaseSaver {
  readonly #ports: SaverPorts;
  readonly #schedule: SaveSchedule;
  #journal: Journal | undefined;
  /** Entry up to which the file holds everything that will be the backup after the next save. */
  #savedEntry = 0;

  constructor(ports: SaverPorts) {
    this.#ports = ports;
    this.#schedule = new SaveSchedule(ports.clock, ports.timings, () => this.#save());
  }

  /** From now on there is something to save. `savedEntry`: the last entry in the file that was opened. */
  open(journal: Journal, savedEntry: number): void {
    this.#journal = journal;
    this.#savedEntry = savedEntry;
  }

  /** The database in memory is ahead of the file. */
  changed(): void {
    this.#schedule.changed();
    if ((this.#journal?.fileBytes ?? 0) > maxJournalBytes) void this.#schedule.now();
  }

  /** Saves after a save under way. Says whether it worked. */
  now(): Promise<boolean> {
    return this.#schedule.now();
  }

  /** Nothing is saved any more, except by {@link now}. */
  stop(): void {
    this.#schedule.stop();
  }

  /** The last save, and the end of the schedule. */
  async finish(): Promise<void> {
    this.#schedule.stop();
    if (this.#schedule.isDirty) await this.#schedule.now();
    this.#schedule.stop();
  }

  async #save(): Promise<boolean> {
    const { clock, logger, folder, state, link, recorder, onLockLost } = this.#ports;
    try {
      if (!(await folder.mayWrite())) {
        onLockLost();
        return true;
      }
      this.#journal?.handOver();
      this.#journal?.rotate();
      const report = await link.call((api) => api.save(clock.now()));
      const backedUp = this.#savedEntry;
      this.#savedEntry = report.entry;
      await this.#journal?.prune(report.entry, backedUp);
      state.set('folder', undefined);
      if (state.set('save', undefined)) logger.info('Saving works again.');
      return true;
    } catch (error) {
      const code = errorCodeOf(error instanceof FlmError && error.cause !== undefined ? error.cause : error);
      logger.error('Saving the database failed.', { error });
      if (state.set('save', diskReason(code, folder.path))) {
        recorder.tell('storage.failed', 'high', 'storage.save', `Saving failed: ${code}`);
      }
      return false;
    }
  }
}

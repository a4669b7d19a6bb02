import type { JournalBatch } from './journal-batch';

export interface JournalEvents {
  /** Called once per batch, in order, before the batch is on disk. */
  onBatch(batch: JournalBatch): void;
  /** Writing began to fail, or works again. */
  onHealth(error: string | undefined): void;
  /** What was on disk is gone (somebody deleted a file): the database should be saved now. */
  onVanished(): void;
}

export interface JournalTimings {
  /** Longest wait before a queued entry is written. */
  readonly batchMs: number;
  /** Most entries of a batch: what bounds the time one batch takes on the event loop. */
  readonly batchEntries: number;
  /** Longest time between writing and flushing to the disk. */
  readonly syncMs: number;
  /** Most entries waiting while the disk fails; beyond it the oldest are given up and counted. */
  readonly maxWaiting: number;
}

export interface JournalOptions extends JournalTimings {
  readonly folder: string;
  readonly secret: Uint8Array;
}

export const journalDefaults: JournalTimings = { batchMs: 50, batchEntries: 250, syncMs: 1_000, maxWaiting: 100_000 };

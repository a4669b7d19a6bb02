import type { EntryTag, JournalEntries } from './journal-entry';

/** Where the stores put their changes, as a port. */
export interface RecordSink {
  /** Queues an entry; never throws. */
  append<T extends EntryTag>(tag: T, value: JournalEntries[T]): void;
  /**
   * Resolves once everything appended so far survives a power cut; rejects with `storage_failed` when that cannot be
   * had now (it is kept in memory and tried again).
   */
  durable(): Promise<void>;
}

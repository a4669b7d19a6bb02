/**
 * A run of entries on its way into the database and to the disk. Bytes rather than a string: they lie outside the heap,
 * so that batches in waiting cost the garbage collector nothing.
 */
export interface JournalBatch {
  readonly first: number;
  readonly last: number;
  /** Lines of the journal, the end of the batch among them: what the disk gets and what the database reads. */
  readonly data: Uint8Array;
}

/** Somebody who waits for a batch to be on the disk. */
export interface Waiter {
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

export interface PendingBatch extends JournalBatch {
  readonly count: number;
  /** Resolved once the batch is flushed to the disk. */
  readonly durable: readonly Waiter[];
}

import type { PendingBatch, Waiter } from './journal-batch';

/** Batches that the disk does not have yet, oldest first. Bounded by {@link giveUpBeyond} alone. */
export class UnwrittenBatches {
  #batches: PendingBatch[] = [];
  #entries = 0;
  #dropped = 0;

  /** Entries given up so far. */
  get dropped(): number {
    return this.#dropped;
  }

  get isEmpty(): boolean {
    return this.#batches.length === 0;
  }

  get first(): PendingBatch | undefined {
    return this.#batches[0];
  }

  add(batch: PendingBatch): void {
    this.#batches.push(batch);
    this.#entries += batch.count;
  }

  shift(): PendingBatch | undefined {
    const batch = this.#batches.shift();
    this.#entries -= batch?.count ?? 0;
    return batch;
  }

  /** Gives up the oldest until at most `entries` wait; the last batch stays. */
  giveUpBeyond(entries: number): void {
    while (this.#entries > entries && this.#batches.length > 1) {
      const batch = this.shift();
      this.#dropped += batch?.count ?? 0;
      for (const waiter of batch?.durable ?? []) waiter.reject(new Error('Given up: the disk failed for too long.'));
    }
  }

  /** Writing failed: `written` may not be on the disk either and comes first again. Returns who waited for any of them. */
  beginAgainWith(written: readonly PendingBatch[]): readonly Waiter[] {
    const again = [...written, ...this.#batches];
    this.#batches = again.filter((batch) => batch.count > 0).map((batch) => ({ ...batch, durable: [] }));
    this.#entries = this.#batches.reduce((sum, batch) => sum + batch.count, 0);
    return again.flatMap((batch) => batch.durable);
  }
}

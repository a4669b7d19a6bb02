import type { Clock } from '../../core/clock';

/** Time as the records have it: nothing happens in between. */
export class RecordedTime implements Clock {
  /** Epoch ms of the record that is replayed. */
  at = 0;

  now(): number {
    return this.at;
  }

  monotonic(): number {
    return this.at;
  }

  setTimeout(): { cancel(): void } {
    return { cancel: () => undefined };
  }
}

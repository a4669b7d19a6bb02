import { isDoneMark } from './event-block';
import { SseEvents } from './sse-events';
import { StreamTally } from './stream-tally';

/**
 * Reads along with a stream. Sees bytes that are already on their way, holds nothing back and changes nothing. Events it
 * cannot read (bad JSON, `null`, above the size limit) are passed over.
 */
export class SseTap extends StreamTally {
  readonly #events = new SseEvents(
    (data) => this.#data(data),
    (field, value) => this.otherField(field, value),
  );

  push(chunk: Buffer): void {
    this.#events.push(chunk);
  }

  end(): void {
    this.#events.end();
  }

  #data(data: string): void {
    if (isDoneMark(data)) {
      this.done();
      return;
    }
    try {
      this.event(JSON.parse(data));
    } catch {
      return;
    }
  }
}

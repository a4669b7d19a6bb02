import { SseEvents, type StreamPosition } from './sse-events';
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

  get position(): StreamPosition {
    return this.#events.position;
  }

  push(chunk: Buffer): void {
    this.#events.push(chunk);
  }

  end(): void {
    this.#events.end();
  }

  #data(data: string): void {
    if (data === '[DONE]') {
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

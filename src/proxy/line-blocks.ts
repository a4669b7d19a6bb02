import type { BlockSink } from './repairs/sse-blocks';
import { maxEventBytes, type StreamPosition } from './sse-events';

const lf = 0x0a;

/**
 * Cuts a stream of NDJSON into lines, whatever the chunks. A line is given away with its line end, so at most one is held
 * back; one longer than {@link maxEventBytes} is not held but spilt. Works on bytes: a character split between chunks is
 * no special case.
 */
export class LineBlocks {
  readonly #sink: Pick<BlockSink, 'block' | 'spill'>;
  #held: Buffer[] = [];
  #heldBytes = 0;
  #isSpilling = false;

  constructor(sink: Pick<BlockSink, 'block' | 'spill'>) {
    this.#sink = sink;
  }

  /** Nothing is held back, and no line is open. */
  get isIdle(): boolean {
    return this.#heldBytes === 0 && !this.#isSpilling;
  }

  /** Where the output stands, held bytes not being out. */
  get position(): StreamPosition {
    return this.#isSpilling ? 'mid-line' : 'event-start';
  }

  push(chunk: Buffer): void {
    let start = 0;
    for (let end = chunk.indexOf(lf); end !== -1; end = chunk.indexOf(lf, start)) {
      this.#give(chunk.subarray(start, end + 1));
      start = end + 1;
    }
    this.#keep(chunk.subarray(start));
  }

  /** The stream ended by itself: what stands open is given away. */
  end(): void {
    if (this.#heldBytes > 0) this.#give(Buffer.alloc(0));
  }

  #give(last: Buffer): void {
    if (this.#isSpilling) {
      this.#isSpilling = false;
      this.#sink.spill(last, false);
      return;
    }
    const line = this.#heldBytes === 0 ? last : Buffer.concat([...this.#held, last]);
    this.#held = [];
    this.#heldBytes = 0;
    if (line.length > maxEventBytes) this.#sink.spill(line, true);
    else this.#sink.block(line);
  }

  #keep(bytes: Buffer): void {
    if (bytes.length === 0) return;
    if (this.#isSpilling) {
      this.#sink.spill(bytes, false);
      return;
    }
    this.#held.push(bytes);
    this.#heldBytes += bytes.length;
    if (this.#heldBytes <= maxEventBytes) return;
    this.#isSpilling = true;
    const held = Buffer.concat(this.#held);
    this.#held = [];
    this.#heldBytes = 0;
    this.#sink.spill(held, true);
  }
}

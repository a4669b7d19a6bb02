import { maxEventBytes, type StreamPosition } from '../sse-events';

const lf = 0x0a;
const cr = 0x0d;

/** Takes what {@link SseBlocks} cuts. */
export interface BlockSink {
  /** A whole event or comment with its closing blank line, or what stood open at the end of the stream. */
  block(bytes: Buffer): void;
  /** Part of an event too long to be kept. The first part holds more than {@link maxEventBytes}. */
  spill(bytes: Buffer, isFirst: boolean): void;
  /** The LF of a CRLF whose CR, in an earlier chunk, ended a block. */
  lateLf(): void;
}

/**
 * Cuts a stream of server-sent events into blocks, whatever the chunks: the same blocks for any division of the bytes
 * (line ends LF, CRLF and CR, WHATWG HTML §9.2.6). A block is given away with its last byte, so at most one event is
 * held back; one longer than {@link maxEventBytes} is not held but spilt.
 */
export class SseBlocks {
  readonly #sink: BlockSink;
  #held: Buffer[] = [];
  #heldBytes = 0;
  #lineBytes = 0;
  #isAfterCr = false;
  #hasJustEnded = false;
  #isSpilling = false;

  constructor(sink: BlockSink) {
    this.#sink = sink;
  }

  /** Nothing is held back, and the next byte begins an event. */
  get isIdle(): boolean {
    return this.#heldBytes === 0 && !this.#isSpilling && !this.#isAfterCr;
  }

  /** Where the output stands, held bytes not being out. */
  get position(): StreamPosition {
    if (!this.#isSpilling) return 'event-start';
    return this.#lineBytes > 0 ? 'mid-line' : 'line-start';
  }

  push(chunk: Buffer): void {
    let start = 0;
    let at = 0;
    if (this.#isAfterCr && chunk.length > 0) {
      this.#isAfterCr = false;
      if (chunk[0] === lf) {
        at = 1;
        if (this.#hasJustEnded) {
          this.#sink.lateLf();
          start = 1;
        }
      }
    }
    if (chunk.length > 0) this.#hasJustEnded = false;
    let nextCr = chunk.indexOf(cr, at);
    let nextLf = chunk.indexOf(lf, at);
    while (nextLf !== -1 || nextCr !== -1) {
      const isCr = nextCr !== -1 && (nextLf === -1 || nextCr < nextLf);
      const end = isCr ? nextCr : nextLf;
      const isBlank = this.#lineBytes + end - at === 0;
      this.#lineBytes = 0;
      at = end + 1;
      if (isCr && at === chunk.length) this.#isAfterCr = true;
      if (isCr && chunk[at] === lf) at++;
      if (isBlank) {
        this.#give(chunk.subarray(start, at));
        start = at;
        this.#hasJustEnded = at === chunk.length;
      }
      if (isCr) nextCr = chunk.indexOf(cr, at);
      if (nextLf !== -1 && nextLf < at) nextLf = chunk.indexOf(lf, at);
    }
    this.#lineBytes += chunk.length - at;
    this.#keep(chunk.subarray(start));
  }

  /** The stream ended by itself: what stands open is given away. */
  end(): void {
    if (this.#isSpilling || this.#heldBytes === 0) return;
    this.#give(Buffer.alloc(0));
  }

  #give(last: Buffer): void {
    if (this.#isSpilling) {
      this.#isSpilling = false;
      this.#sink.spill(last, false);
      return;
    }
    const block = this.#heldBytes === 0 ? last : Buffer.concat([...this.#held, last]);
    this.#held = [];
    this.#heldBytes = 0;
    if (block.length > maxEventBytes) this.#sink.spill(block, true);
    else this.#sink.block(block);
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

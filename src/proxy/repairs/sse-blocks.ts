import { HeldBlock } from '../held-block';
import type { StreamPosition } from '../sse-events';

const lf = 0x0a;
const cr = 0x0d;

/** Takes what {@link SseBlocks} cuts. */
export interface BlockSink {
  /** A whole event or comment with its closing blank line, or what stood open at the end of the stream. */
  block(bytes: Buffer): void;
  /** Part of an event too long to be kept. The first part holds more than 1 MiB. */
  spill(bytes: Buffer, isFirst: boolean): void;
  /** The LF of a CRLF whose CR, in an earlier chunk, ended a block. */
  lateLf(): void;
}

/**
 * Cuts a stream of server-sent events into blocks, whatever the chunks: the same blocks for any division of the bytes
 * (line ends LF, CRLF and CR, WHATWG HTML §9.2.6). A block is given away with its last byte, so at most one event is
 * held back; one longer than 1 MiB is not held but spilt ({@link HeldBlock}).
 */
export class SseBlocks {
  readonly #sink: BlockSink;
  readonly #held: HeldBlock;
  #lineBytes = 0;
  #isAfterCr = false;
  #hasJustEnded = false;

  constructor(sink: BlockSink) {
    this.#sink = sink;
    this.#held = new HeldBlock(sink);
  }

  /** Nothing is held back, and the next byte begins an event. */
  get isIdle(): boolean {
    return this.#held.isEmpty && !this.#isAfterCr;
  }

  /** Where the output stands, held bytes not being out. */
  get position(): StreamPosition {
    if (!this.#held.isSpilling) return 'event-start';
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
        this.#held.end(chunk.subarray(start, at));
        start = at;
        this.#hasJustEnded = at === chunk.length;
      }
      if (isCr) nextCr = chunk.indexOf(cr, at);
      if (nextLf !== -1 && nextLf < at) nextLf = chunk.indexOf(lf, at);
    }
    this.#lineBytes += chunk.length - at;
    this.#held.add(chunk.subarray(start));
  }

  /** The stream ended by itself: what stands open is given away. */
  end(): void {
    this.#held.endOpen();
  }
}

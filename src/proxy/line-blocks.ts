import { HeldBlock } from './held-block';
import type { BlockSink } from './repairs/sse-blocks';
import type { StreamPosition } from './sse-events';

const lf = 0x0a;

/**
 * Cuts a stream of NDJSON into lines, whatever the chunks. A line is given away with its line end, so at most one is held
 * back; one longer than 1 MiB is not held but spilt. Works on bytes: a character split between chunks is no special case.
 */
export class LineBlocks {
  readonly #held: HeldBlock;

  constructor(sink: Pick<BlockSink, 'block' | 'spill'>) {
    this.#held = new HeldBlock(sink);
  }

  /** Nothing is held back, and no line is open. */
  get isIdle(): boolean {
    return this.#held.isEmpty;
  }

  /** Where the output stands, held bytes not being out. */
  get position(): StreamPosition {
    return this.#held.isSpilling ? 'mid-line' : 'event-start';
  }

  push(chunk: Buffer): void {
    let start = 0;
    for (let end = chunk.indexOf(lf); end !== -1; end = chunk.indexOf(lf, start)) {
      this.#held.end(chunk.subarray(start, end + 1));
      start = end + 1;
    }
    this.#held.add(chunk.subarray(start));
  }

  /** The stream ended by itself: what stands open is given away. */
  end(): void {
    this.#held.endOpen();
  }
}

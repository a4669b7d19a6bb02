import type { BlockSink } from './repairs/sse-blocks';
import { maxEventBytes } from './sse-events';

/** The event or line that is on its way: kept until its end, or, above {@link maxEventBytes}, spilt as it comes. */
export class HeldBlock {
  readonly #sink: Pick<BlockSink, 'block' | 'spill'>;
  #parts: Buffer[] = [];
  #bytes = 0;
  #isSpilling = false;

  constructor(sink: Pick<BlockSink, 'block' | 'spill'>) {
    this.#sink = sink;
  }

  /** Nothing of it has come yet. */
  get isEmpty(): boolean {
    return this.#bytes === 0 && !this.#isSpilling;
  }

  /** Its beginning has gone out already. */
  get isSpilling(): boolean {
    return this.#isSpilling;
  }

  /** More of it. */
  add(bytes: Buffer): void {
    if (bytes.length === 0) return;
    if (this.#isSpilling) {
      this.#sink.spill(bytes, false);
      return;
    }
    this.#parts.push(bytes);
    this.#bytes += bytes.length;
    if (this.#bytes <= maxEventBytes) return;
    this.#isSpilling = true;
    this.#sink.spill(this.#taken(), true);
  }

  /** The rest of it; what is added from now on is of the next. */
  end(last: Buffer): void {
    if (this.#isSpilling) {
      this.#isSpilling = false;
      this.#sink.spill(last, false);
      return;
    }
    const block = this.#bytes === 0 ? last : Buffer.concat([this.#taken(), last]);
    if (block.length > maxEventBytes) this.#sink.spill(block, true);
    else this.#sink.block(block);
  }

  /** The stream is over: what has been kept is all there will be. */
  endOpen(): void {
    if (this.#bytes > 0) this.end(Buffer.alloc(0));
  }

  #taken(): Buffer {
    const all = this.#parts.length === 1 ? (this.#parts[0] as Buffer) : Buffer.concat(this.#parts);
    this.#parts = [];
    this.#bytes = 0;
    return all;
  }
}

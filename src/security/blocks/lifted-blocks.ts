import type { Block } from '../../core/block';

const maxLifted = 1_000;

/** Blocks that people have lifted lately, as they were: what an undo brings back. */
export class LiftedBlocks {
  readonly #blocks = new Map<string, Block>();

  add(block: Block): void {
    this.#blocks.delete(block.range);
    this.#blocks.set(block.range, block);
    const [oldest] = this.#blocks.keys();
    if (this.#blocks.size > maxLifted && oldest !== undefined) this.#blocks.delete(oldest);
  }

  /** The last block of a range that was lifted; only once. */
  take(range: string): Block | undefined {
    const block = this.#blocks.get(range);
    this.#blocks.delete(range);
    return block;
  }
}

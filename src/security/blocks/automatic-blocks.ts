import type { Block } from '../../core/block';

/**
 * Automatic blocks in force at the same time: about 10 MB. Somebody with more addresses than that cannot be kept out
 * one by one anyway, and must not be able to fill the memory instead.
 */
export const maxAutomaticBlocks = 20_000;

/** How many of the oldest are compared to find the one that would end first. */
const looks = 64;

/**
 * Which blocks FLM made by itself, oldest first, so that room can be made among them. Blocks by people are never here
 * and so never give way.
 */
export class AutomaticBlocks {
  readonly #max: number;
  readonly #blocks = new Map<string, Block>();

  constructor(max = maxAutomaticBlocks) {
    this.#max = max;
  }

  get size(): number {
    return this.#blocks.size;
  }

  /** A block is in force now; one by a person takes the place of an automatic one of the same range. */
  add(block: Block): void {
    this.#blocks.delete(block.range);
    if (block.source === 'auto') this.#blocks.set(block.range, block);
  }

  remove(range: string): void {
    this.#blocks.delete(range);
  }

  /**
   * The block to give up while there are too many: of the oldest few the one that ends first, one without an end only
   * where there is no other. Undefined while there is room. Constant time.
   */
  tooMany(): Block | undefined {
    if (this.#blocks.size <= this.#max) return undefined;
    let first: Block | undefined;
    let looked = 0;
    for (const block of this.#blocks.values()) {
      if (first === undefined || (block.expiresAt ?? Infinity) < (first.expiresAt ?? Infinity)) first = block;
      if (++looked >= looks) break;
    }
    return first;
  }
}

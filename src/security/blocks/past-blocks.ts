import type { Block } from '../../core/block';
import type { IpRange } from '../../core/ip-range';

/** How long an ended block counts against a range, and how many are remembered. */
export const strikesTtlMs = 30 * 24 * 3600_000;
export const maxPastBlocks = 10_000;

/**
 * Automatic blocks that have ended. They hold nobody back; they are kept, in the store too, so that a repeater climbs
 * the ladder after a restart as well. Blocks by people are not kept: they are no strikes.
 */
export class PastBlocks {
  readonly #blocks = new Map<string, Block>();
  readonly #remove: (range: string) => void;

  /** @param remove takes a range out of the store */
  constructor(remove: (range: string) => void) {
    this.#remove = remove;
  }

  get size(): number {
    return this.#blocks.size;
  }

  /** Takes a block that has ended; one that is no strike is removed from the store at once. */
  add(block: Block, range: IpRange): void {
    if (block.source !== 'auto' || block.expiresAt === undefined) this.#remove(block.range);
    else this.#blocks.set(range.text, block);
  }

  get(range: string): Block | undefined {
    return this.#blocks.get(range);
  }

  /** There is a newer block of the range, which the store has in its place. */
  forget(range: string): void {
    this.#blocks.delete(range);
  }

  /** Lets go of what is too old, and of the oldest when there are too many. */
  sweep(now: number): void {
    for (const [range, block] of this.#blocks) {
      const isOld = (block.expiresAt ?? 0) + strikesTtlMs <= now;
      // In the order they ended, but for a few read at the start.
      if (!isOld && this.#blocks.size <= maxPastBlocks) continue;
      this.#blocks.delete(range);
      this.#remove(range);
    }
  }
}

import type { Block } from '../../core/block';

/**
 * Automatic blocks nobody has looked at yet, as a count for badge and status bar. What was blocked before this window
 * knew of anything counts as seen; so does what has ended or was lifted.
 */
export class UnseenBlocks {
  #known: ReadonlySet<string> | undefined;
  #unseen: ReadonlySet<string> = new Set();

  get count(): number {
    return this.#unseen.size;
  }

  /** Whether a block of this range is in force that nobody has looked at. */
  has(range: string): boolean {
    return [...this.#unseen].some((block) => block.startsWith(`${range} `));
  }

  /** Takes in the blocks in force. True: the count is another now. */
  update(blocks: readonly Block[]): boolean {
    // The moment of blocking tells a second block of the same range from the first.
    const now = new Set(blocks.filter(({ source }) => source === 'auto').map((b) => `${b.range} ${b.createdAt}`));
    const known = this.#known ?? now;
    const before = this.#unseen.size;
    this.#unseen = new Set([...now].filter((block) => this.#unseen.has(block) || !known.has(block)));
    this.#known = now;
    return this.#unseen.size !== before;
  }

  /** Somebody looks at the list. True: the count is another now. */
  markSeen(): boolean {
    const hadUnseen = this.#unseen.size > 0;
    this.#unseen = new Set();
    return hadUnseen;
  }
}

import type { Block } from '../../core/block';
import { addressBits, makeRange, type IpRange } from '../../core/ip-range';
import { RangeIndex } from '../../core/range-index';
import { AutomaticBlocks } from './automatic-blocks';
import { isActive } from './is-active';

export interface HeldBlock {
  readonly block: Block;
  readonly range: IpRange;
}

/**
 * The blocks on the list, by range and by address: those in force, and those that ended since they were last swept.
 * Look-ups by address cost well under a microsecond with 100,000 ranges. Automatic blocks are bounded.
 */
export class HeldBlocks {
  readonly #blocks = new Map<string, HeldBlock>();
  readonly #index = new RangeIndex<Block>();
  readonly #automatic: AutomaticBlocks;
  /** /56 → the blocked /64s in it: looking through all blocks for them took milliseconds. */
  readonly #neighbours = new Map<string, Set<string>>();

  /** @param maxAutomatic automatic blocks at most */
  constructor(maxAutomatic?: number) {
    this.#automatic = new AutomaticBlocks(maxAutomatic);
  }

  get size(): number {
    return this.#blocks.size;
  }

  get automaticSize(): number {
    return this.#automatic.size;
  }

  /** In force at the time. */
  list(now: number): readonly Block[] {
    return [...this.each(now)];
  }

  /** The same one by one, for whoever must not hold others up. The list may change meanwhile. */
  *each(now: number): Generator<Block> {
    for (const { block } of this.#blocks.values()) if (isActive(block, now)) yield block;
  }

  /** Not in force any more at the time. */
  ended(now: number): readonly HeldBlock[] {
    const ended: HeldBlock[] = [];
    for (const held of this.#blocks.values()) if (!isActive(held.block, now)) ended.push(held);
    return ended;
  }

  /** @param range normalised */
  get(range: string): HeldBlock | undefined {
    return this.#blocks.get(range);
  }

  /** The block that covers an address, the narrowest first, manual before automatic. */
  find(address: string, now: number): Block | undefined {
    const bits = addressBits(address);
    if (bits === undefined) return undefined;
    const found = this.#index.find(bits, (block) => isActive(block, now));
    if (found === undefined || found.source !== 'auto') return found;
    return this.#index.find(bits, (block) => block.source !== 'auto' && isActive(block, now)) ?? found;
  }

  /** How many /64 networks are blocked inside the /56 around a range. */
  countNeighbours(range: IpRange, now: number): number {
    let count = 0;
    for (const text of this.#neighbours.get(neighbourhoodOf(range)) ?? []) {
      const held = this.#blocks.get(text);
      if (held !== undefined && isActive(held.block, now)) count++;
    }
    return count;
  }

  /** Adds or replaces the block of a range. */
  set(block: Block, range: IpRange): void {
    this.#blocks.set(range.text, { block, range });
    if (isSlash64(range)) this.#settle(range);
    this.#automatic.add(block);
    this.#index.set(range, block);
  }

  delete(range: IpRange): void {
    this.#blocks.delete(range.text);
    if (isSlash64(range)) this.#leave(range);
    this.#automatic.remove(range.text);
    this.#index.delete(range);
  }

  /** Takes one automatic block off the list when there are too many; undefined while there is room. */
  giveUp(): Block | undefined {
    const block = this.#automatic.tooMany();
    if (block === undefined) return undefined;
    const held = this.#blocks.get(block.range);
    if (held !== undefined) this.delete(held.range);
    this.#automatic.remove(block.range);
    return block;
  }

  #settle(range: IpRange): void {
    const wide = neighbourhoodOf(range);
    const inside = this.#neighbours.get(wide);
    if (inside === undefined) this.#neighbours.set(wide, new Set([range.text]));
    else inside.add(range.text);
  }

  #leave(range: IpRange): void {
    const wide = neighbourhoodOf(range);
    const inside = this.#neighbours.get(wide);
    inside?.delete(range.text);
    if (inside?.size === 0) this.#neighbours.delete(wide);
  }
}

function isSlash64({ isV6, prefix }: IpRange): boolean {
  return isV6 && prefix === 64;
}

function neighbourhoodOf(range: IpRange): string {
  return makeRange(range, 56).text;
}

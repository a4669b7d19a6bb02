import type { Block } from '../../core/block';
import type { Clock } from '../../core/clock';
import { FlmError } from '../../core/errors';
import { parseRange, type IpRange } from '../../core/ip-range';
import type { BlockRows } from './block-rows';
import type { HeldBlock } from './held-blocks';
import { isActive } from './is-active';
import { LiftedBlocks } from './lifted-blocks';
import type { NeverBlocked } from './never-blocked';
import { makeBlock, type NewBlock } from './new-block';
import type { StoredBlocks } from './stored-blocks';

/** Characters of somebody's text that an error repeats. */
const maxQuoted = 80;

/**
 * What people do with blocks. Every promise resolves once the change and its row in the audit log survive a crash; in
 * effect it is at once. The row is told first: what is told before a change is on the disk with it.
 */
export class BlocksByPeople {
  readonly #blocks: StoredBlocks;
  readonly #never: Pick<NeverBlocked, 'refusalOf'>;
  readonly #rows: BlockRows;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #lifted = new LiftedBlocks();

  constructor(
    blocks: StoredBlocks,
    never: Pick<NeverBlocked, 'refusalOf'>,
    rows: BlockRows,
    clock: Pick<Clock, 'now'>,
  ) {
    this.#blocks = blocks;
    this.#never = never;
    this.#rows = rows;
    this.#clock = clock;
  }

  /** Adds or replaces. Throws `invalid_request` when the range is none, covers everybody or is protected. */
  async add(block: NewBlock, source: 'manual' | 'import'): Promise<Block> {
    const range = this.#requireBlockable(block.range);
    const added = makeBlock(block, range, source, this.#clock.now(), this.#blocks.strikesOf(range.text));
    if (source === 'manual') this.#rows.tell('block.added', added);
    await this.#blocks.put(added, range);
    return added;
  }

  /** Gives a block another end. Throws `not_found` when the range is not blocked. */
  async change(text: string, expiresAt: number | undefined): Promise<Block> {
    const { block, range } = this.#require(text);
    const changed: { -readonly [M in keyof Block]: Block[M] } = { ...block };
    if (expiresAt === undefined) delete changed.expiresAt;
    else changed.expiresAt = expiresAt;
    this.#rows.tell('block.changed', changed);
    await this.#blocks.put(changed, range);
    return changed;
  }

  /** Lifts a block. False when there was none. */
  async remove(text: string): Promise<boolean> {
    const held = this.#find(text);
    if (held === undefined) return false;
    // A person says it was none: nothing is left of it, the strike neither.
    this.#lifted.add(held.block);
    this.#rows.tell('block.removed', held.block);
    await this.#blocks.remove(held);
    return true;
  }

  /** Takes back the lifting. Throws `not_found`, or `invalid_request` when the range may not be blocked any more. */
  async restore(text: string): Promise<Block> {
    const range = this.#requireBlockable(text);
    const block = this.#lifted.take(range.text);
    if (block === undefined || !isActive(block, this.#clock.now()))
      throw new FlmError('not_found', `No block of ${range.text} was lifted lately`);
    this.#rows.tell('block.added', block);
    await this.#blocks.put(block, range);
    return block;
  }

  #find(text: string): HeldBlock | undefined {
    const range = parseRange(text);
    return range === undefined ? undefined : this.#blocks.held.get(range.text);
  }

  #require(text: string): HeldBlock {
    const held = this.#find(text);
    if (held === undefined || !isActive(held.block, this.#clock.now()))
      throw new FlmError('not_found', `${text.slice(0, maxQuoted)} is not blocked`);
    return held;
  }

  #requireBlockable(text: string): IpRange {
    const why = this.#never.refusalOf(text);
    const range = parseRange(text);
    if (why !== undefined || range === undefined)
      throw new FlmError('invalid_request', `${text.slice(0, maxQuoted)} ${why ?? ''}`);
    return range;
  }
}

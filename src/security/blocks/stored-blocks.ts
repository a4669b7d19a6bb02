import type { Block, BlockStore } from '../../core/block';
import type { Clock } from '../../core/clock';
import { Emitter } from '../../core/emitter';
import { messageOf } from '../../core/errors';
import { parseRange, type IpRange } from '../../core/ip-range';
import type { Logger } from '../../core/logger';
import type { BlockRows } from './block-rows';
import { HeldBlocks, type HeldBlock } from './held-blocks';
import { isActive } from './is-active';
import { PastBlocks } from './past-blocks';

export interface StoredBlocksDeps {
  readonly store: Pick<BlockStore, 'loadBlocks' | 'putBlock' | 'removeBlock'>;
  readonly rows: BlockRows;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Automatic blocks in force at most. */
  readonly maxAutomatic: number | undefined;
}

/** How often ended blocks are taken off the list; a look-up never sees them anyway. */
const sweepMs = 30_000;

/**
 * The blocks as they stand: in memory, in the store, and what is left of those that ended. Every change is in effect at
 * once; whoever needs to know that it survives a crash awaits it.
 */
export class StoredBlocks {
  readonly #deps: StoredBlocksDeps;
  readonly #held: HeldBlocks;
  /** Ended blocks that still count against a repeater. */
  readonly #past: PastBlocks;
  /** Given up for want of room since it was last told. */
  #givenUp = 0;
  readonly #changed = new Emitter<{ readonly added?: Block; readonly removed?: Block }>();
  #sweep: { cancel(): void } | undefined;

  constructor(deps: StoredBlocksDeps) {
    this.#deps = deps;
    this.#held = new HeldBlocks(deps.maxAutomatic);
    this.#past = new PastBlocks((range) => this.#inBackground(deps.store.removeBlock(range)));
  }

  readonly onDidChange = this.#changed.event;

  /** What is on the list. */
  get held(): Omit<HeldBlocks, 'set' | 'delete' | 'giveUp'> {
    return this.#held;
  }

  /** Reads what was stored and begins to sweep. */
  start(): void {
    for (const block of this.#deps.store.loadBlocks()) this.load(block);
    this.#makeRoom();
    this.#past.sweep(this.#deps.clock.now());
    this.#scheduleSweep();
  }

  /** Takes a block as it was stored: on the list, or, where it has ended, as one against a repeater. */
  load(block: Block): void {
    const range = parseRange(block.range);
    if (range === undefined) return;
    if (isActive(block, this.#deps.clock.now())) this.#set(block, range);
    else this.#past.add(block, range);
  }

  dispose(): void {
    this.#sweep?.cancel();
    this.#changed.dispose();
  }

  /** How often a range was blocked, up to now: by the block that holds, and automatically in the 30 days before. */
  strikesOf(range: string): number {
    const last = this.#held.get(range)?.block ?? this.#past.get(range);
    return last === undefined ? 0 : last.strikes + 1;
  }

  /** Adds or replaces a block; resolves once it survives a crash. */
  put(block: Block, range: IpRange): Promise<void> {
    this.#set(block, range);
    return this.#deps.store.putBlock(block);
  }

  /** The same for a block that nobody waits for. Where there are too many of its kind, others are given up for it. */
  putAutomatic(block: Block, range: IpRange): void {
    this.#set(block, range);
    this.#makeRoom();
    this.#inBackground(this.#deps.store.putBlock(block));
  }

  /** Takes a block off the list for good: no strike is left of it. Resolves once that survives a crash. */
  remove(held: HeldBlock): Promise<void> {
    this.#drop(held);
    return this.#deps.store.removeBlock(held.block.range);
  }

  /** Something else about the list has changed. */
  tellChange(): void {
    this.#changed.fire({});
  }

  #set(block: Block, range: IpRange): void {
    this.#held.set(block, range);
    this.#past.forget(range.text);
    this.#changed.fire({ added: block });
  }

  #drop({ block, range }: HeldBlock): void {
    this.#held.delete(range);
    this.#changed.fire({ removed: block });
  }

  /** Gives up automatic blocks while there are too many. */
  #makeRoom(): void {
    for (let block = this.#held.giveUp(); block !== undefined; block = this.#held.giveUp()) {
      this.#changed.fire({ removed: block });
      this.#inBackground(this.#deps.store.removeBlock(block.range));
      this.#givenUp++;
    }
  }

  #scheduleSweep(): void {
    const { clock, rows } = this.#deps;
    this.#sweep = clock.setTimeout(() => {
      const now = clock.now();
      for (const ended of this.#held.ended(now)) {
        this.#drop(ended);
        rows.tell('block.expired', ended.block);
        this.#past.add(ended.block, ended.range);
      }
      this.#past.sweep(now);
      this.#tellGivenUp();
      this.#scheduleSweep();
    }, sweepMs);
  }

  #tellGivenUp(): void {
    if (this.#givenUp === 0) return;
    this.#deps.rows.tellGivenUp(this.#givenUp, this.#held.automaticSize);
    this.#givenUp = 0;
  }

  #inBackground(done: Promise<void>): void {
    done.catch((error: unknown) =>
      this.#deps.logger.error('A change of the blocklist could not be stored.', { error: messageOf(error) }),
    );
  }
}

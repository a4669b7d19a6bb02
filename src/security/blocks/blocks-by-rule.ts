import type { Block } from '../../core/block';
import type { Clock } from '../../core/clock';
import { makeRange, parseRange, type IpRange } from '../../core/ip-range';
import { reason } from '../../core/reason';
import type { BlockRows } from './block-rows';
import { isActive } from './is-active';
import type { NeverBlocked } from './never-blocked';
import { makeBlock, type NewBlock } from './new-block';
import type { StoredBlocks } from './stored-blocks';

/** Blocked /64s in one /56 from which the /56 is blocked. */
const escalateAt = 4;

/** Blocks that FLM makes by itself. Never of who is protected, and never in the place of one by a person. */
export class BlocksByRule {
  readonly #blocks: StoredBlocks;
  readonly #never: Pick<NeverBlocked, 'refusalOf'>;
  readonly #rows: BlockRows;
  readonly #clock: Pick<Clock, 'now'>;

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

  /** In effect at once, stored in the background. Undefined when the address is protected or blocked for longer. */
  block(key: string, block: Omit<NewBlock, 'range' | 'expiresAt'>, durationMs: number | undefined): Block | undefined {
    const range = parseRange(key);
    if (range === undefined || this.#never.refusalOf(key) !== undefined) return undefined;
    const now = this.#clock.now();
    const expiresAt = durationMs === undefined ? undefined : now + durationMs;
    const known = this.#blocks.held.get(range.text)?.block;
    const isRunning = known !== undefined && isActive(known, now);
    if (isRunning && (known.source !== 'auto' || known.expiresAt === undefined)) return undefined;
    if (isRunning && expiresAt !== undefined && expiresAt <= (known.expiresAt ?? Infinity)) return undefined;
    const whole = expiresAt === undefined ? block : { ...block, expiresAt };
    const made = makeBlock(whole, range, 'auto', now, this.#blocks.strikesOf(range.text));
    this.#blocks.putAutomatic(made, range);
    this.#rows.tell(isRunning ? 'block.changed' : 'block.added', made);
    this.#escalate(range, made, durationMs);
    return made;
  }

  /** Four blocked /64s of one /56 are one customer walking through his addresses. */
  #escalate(range: IpRange, { rule }: Block, durationMs: number | undefined): void {
    if (!range.isV6 || range.prefix !== 64) return;
    const wide = makeRange(range, 56);
    const inside = this.#blocks.held.countNeighbours(range, this.#clock.now());
    if (inside < escalateAt || this.#blocks.held.get(wide.text) !== undefined) return;
    const why = `${inside} of its /64 networks were blocked`;
    this.block(wide.text, { rule, reason: why, cause: { sentence: reason('block.neighbours', inside) } }, durationMs);
  }
}

import type { Block, BlockCause } from '../../core/block';
import type { IpRange } from '../../core/ip-range';
import { printable } from '../../core/printable';

/** What a block is made of. */
export interface NewBlock {
  readonly range: string;
  readonly rule: string;
  readonly reason: string;
  readonly cause?: BlockCause;
  readonly note?: string;
  /** Epoch ms; undefined: until lifted. */
  readonly expiresAt?: number;
}

const maxReason = 300;
const maxNote = 500;

/** @param strikes how often the range was blocked before */
export function makeBlock(
  block: Omit<NewBlock, 'range'>,
  range: IpRange,
  source: Block['source'],
  now: number,
  strikes: number,
): Block {
  return {
    range: range.text,
    source,
    rule: block.rule,
    reason: printable(block.reason, maxReason),
    ...(block.cause === undefined ? {} : { cause: block.cause }),
    ...(block.note === undefined ? {} : { note: block.note.slice(0, maxNote) }),
    createdAt: now,
    ...(block.expiresAt === undefined ? {} : { expiresAt: block.expiresAt }),
    strikes,
  };
}

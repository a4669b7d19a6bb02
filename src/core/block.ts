import type { Reason } from './reason';

/** One blocked (or always allowed) address or range. */
export interface Block {
  /** `203.0.113.9`, `203.0.113.0/24`, `2001:db8::/64`; normalised, prefix left out when it is a single address. */
  readonly range: string;
  /** `manual` blocks hold for valid keys too; `auto` ones let a valid key through. */
  readonly source: 'manual' | 'auto' | 'import';
  /** Rule that blocked: `auth-guessing`, `intrusion`, `anomaly`, `honeypot`, or `manual`. */
  readonly rule: string;
  /** In English, for lists and logs: what was seen. */
  readonly reason: string;
  /** The same as data, to be put into words where it is shown; blocks by people have none. */
  readonly cause?: BlockCause;
  readonly note?: string;
  readonly createdAt: number;
  /** Epoch ms; undefined: until lifted. */
  readonly expiresAt?: number;
  /** How often this range was blocked before: the step on the ladder. */
  readonly strikes: number;
}

/** Why FLM blocked by itself. */
export interface BlockCause {
  /** One of the `block.…` templates. */
  readonly sentence: Reason;
  /** Rule of the sign that tipped the scale: `sqli.union-select`. */
  readonly lastRule?: string;
  /** A stranger's own text that the sign quotes, escaped, at most 200 characters. No sentence: shown apart. */
  readonly quote?: string;
}

/** An entry of the allowlist, which wins over everything. */
export interface AllowEntry {
  readonly range: string;
  readonly note?: string;
  readonly createdAt: number;
  readonly expiresAt?: number;
}

/**
 * Where blocks live. Promises resolve once the change survives a crash. Automatic blocks stay for 30 days after their
 * end, as strikes against a repeater: `loadBlocks` may answer blocks that hold nobody any more.
 */
export interface BlockStore {
  loadBlocks(): readonly Block[];
  loadAllowed(): readonly AllowEntry[];
  putBlock(block: Block): Promise<void>;
  removeBlock(range: string): Promise<void>;
  putAllowed(entry: AllowEntry): Promise<void>;
  removeAllowed(range: string): Promise<void>;
}

import type { AuditLog } from '../../core/audit';
import type { AllowEntry, Block, BlockStore } from '../../core/block';
import type { Clock } from '../../core/clock';
import { parseRange } from '../../core/ip-range';
import type { Logger } from '../../core/logger';
import { Allowlist } from './allowlist';
import { BlockRows } from './block-rows';
import { BlocksByPeople } from './blocks-by-people';
import { BlocksByRule } from './blocks-by-rule';
import { NeverBlocked } from './never-blocked';
import type { NewBlock } from './new-block';
import type { OwnAddresses, Protection } from './protected-addresses';
import { StoredBlocks } from './stored-blocks';

export interface BlocklistDeps {
  readonly store: BlockStore;
  readonly audit: AuditLog;
  readonly own: OwnAddresses;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Automatic blocks in force at most; default `maxAutomaticBlocks`. */
  readonly maxAutomatic?: number;
}

/**
 * Blocked and allowed ranges. Look-ups cost well under a microsecond with 100,000 ranges; every change is in effect at
 * once and stored in the background or awaited, as the caller likes. Whatever happens, loopback, this machine's own
 * addresses, trusted proxies and the allowlist are never found blocked. Automatic blocks are bounded (`AutomaticBlocks`);
 * those of people are not.
 */
export class Blocklist {
  readonly #clock: Clock;
  readonly #blocks: StoredBlocks;
  readonly #allowlist: Allowlist;
  readonly #never: NeverBlocked;
  readonly #rows: BlockRows;
  readonly #people: BlocksByPeople;
  readonly #rule: BlocksByRule;

  constructor({ store, audit, own, clock, logger, maxAutomatic }: BlocklistDeps) {
    this.#clock = clock;
    const rows = (this.#rows = new BlockRows(audit, clock));
    const blocks = (this.#blocks = new StoredBlocks({ store, rows, clock, logger, maxAutomatic }));
    this.#allowlist = new Allowlist({ store, clock, onChange: () => blocks.tellChange() });
    const never = (this.#never = new NeverBlocked(own, this.#allowlist));
    this.#people = new BlocksByPeople(blocks, never, rows, clock);
    this.#rule = new BlocksByRule(blocks, never, rows, clock);
  }

  get onDidChange(): StoredBlocks['onDidChange'] {
    return this.#blocks.onDidChange;
  }

  /** Reads what was stored and begins to sweep. */
  start(): void {
    this.#allowlist.start();
    this.#blocks.start();
  }

  /** Takes a block as it was stored; one that has ended counts against a repeater. */
  load(block: Block): void {
    this.#blocks.load(block);
  }

  dispose(): void {
    this.#blocks.dispose();
  }

  get size(): number {
    return this.#blocks.held.size;
  }

  list(): readonly Block[] {
    return this.#blocks.held.list(this.#clock.now());
  }

  /** What {@link list} holds, one by one: for whoever must not hold others up. The list may change meanwhile. */
  each(): Iterable<Block> {
    return this.#blocks.held.each(this.#clock.now());
  }

  allowed(): readonly AllowEntry[] {
    return this.#allowlist.list();
  }

  /** Why the address can never be blocked; undefined for all others. */
  protectionOf(address: string): Protection | undefined {
    return this.#never.protectionOf(address);
  }

  /** Why a caller can never be blocked; undefined for all others. Whoever comes through a trusted proxy is `trusted-proxy`. */
  protectionOfCaller(address: string, isDirectLocal: boolean): Protection | undefined {
    return this.#never.protectionOfCaller(address, isDirectLocal);
  }

  /** The block that covers an address, the narrowest first, manual before automatic; undefined for protected ones. */
  find(address: string): Block | undefined {
    const { held } = this.#blocks;
    if (held.size === 0) return undefined;
    const found = held.find(address, this.#clock.now());
    return found === undefined || this.protectionOf(address) !== undefined ? undefined : found;
  }

  /** Why a range cannot be blocked, in words; undefined when it can. */
  refusalOf(text: string): string | undefined {
    return this.#never.refusalOf(text);
  }

  /** How often a range was blocked, up to now: by the block that holds, and automatically in the 30 days before. */
  strikesOf(key: string): number {
    return this.#blocks.strikesOf(parseRange(key)?.text ?? key);
  }

  /**
   * Blocks an address automatically, in effect at once. Undefined when it is protected or already blocked for longer.
   * A block by a person is never replaced.
   */
  blockAddress(
    key: string,
    block: Omit<NewBlock, 'range' | 'expiresAt'>,
    durationMs: number | undefined,
  ): Block | undefined {
    return this.#rule.block(key, block, durationMs);
  }

  /**
   * Adds or replaces a block made by a person; resolves once it survives a crash.
   *
   * @throws FlmError `invalid_request` when the range is none, covers everybody or is protected
   */
  add(block: NewBlock, source: 'manual' | 'import' = 'manual'): Promise<Block> {
    return this.#people.add(block, source);
  }

  /**
   * Gives a block another end and leaves everything else of it as it is: who made it, by which rule, since when.
   * Resolves once it survives a crash.
   *
   * @param expiresAt epoch ms; undefined: until lifted
   * @throws FlmError `not_found` when the range is not blocked
   */
  change(text: string, expiresAt: number | undefined): Promise<Block> {
    return this.#people.change(text, expiresAt);
  }

  /** Lifts a block; resolves once it survives a crash. False when there was none. */
  remove(text: string): Promise<boolean> {
    return this.#people.remove(text);
  }

  /** Lifts every block that would end by itself. */
  async clearTemporary(): Promise<number> {
    const temporary = this.list().filter(({ expiresAt }) => expiresAt !== undefined);
    await Promise.all(temporary.map(({ range }) => this.remove(range)));
    return temporary.length;
  }

  /**
   * Takes back the lifting of a block: it is as it was, automatic ones too. A block that has ended meanwhile, or is
   * one of many lifted since, is `not_found`.
   *
   * @throws FlmError `not_found`, or `invalid_request` when the range may not be blocked any more
   */
  restore(text: string): Promise<Block> {
    return this.#people.restore(text);
  }

  /**
   * Allows a range for good or until a time; wins over every block.
   *
   * @throws FlmError `invalid_request`
   */
  allow(entry: Omit<AllowEntry, 'createdAt'>): Promise<AllowEntry> {
    return this.#allowlist.allow(entry);
  }

  /** False when there was no such entry. */
  disallow(text: string): Promise<boolean> {
    return this.#allowlist.disallow(text);
  }

  /** Ranges of the policy, beside those a person added one by one. Replaces the former ones. */
  setPolicyAllowlist(ranges: readonly string[]): void {
    this.#allowlist.setPolicyRanges(ranges);
  }

  /** Proxies whose headers are believed. Replaces the former ones. */
  setTrustedProxies(ranges: readonly string[]): void {
    this.#never.setTrustedProxies(ranges);
  }

  /** An import has ended, in which no block was told by itself. */
  recordImport(added: number, refused: number): void {
    this.#rows.tellImport(added, refused);
  }
}

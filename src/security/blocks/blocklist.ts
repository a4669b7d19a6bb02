import type { AuditLog } from '../../core/audit';
import type { AllowEntry, Block, BlockCause, BlockStore } from '../../core/block';
import type { Clock } from '../../core/clock';
import { Emitter } from '../../core/emitter';
import { FlmError, messageOf } from '../../core/errors';
import { makeRange, parseRange, type IpRange } from '../../core/ip-range';
import type { Logger } from '../../core/logger';
import { printable } from '../../core/printable';
import { reason } from '../../core/reason';
import { Allowlist } from './allowlist';
import { BlockRows } from './block-rows';
import { HeldBlocks, type HeldBlock } from './held-blocks';
import { isActive } from './is-active';
import { LiftedBlocks } from './lifted-blocks';
import { NeverBlocked } from './never-blocked';
import { PastBlocks } from './past-blocks';
import type { OwnAddresses, Protection } from './protected-addresses';

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

export interface BlocklistDeps {
  readonly store: BlockStore;
  readonly audit: AuditLog;
  readonly own: OwnAddresses;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Automatic blocks in force at most; default `maxAutomaticBlocks`. */
  readonly maxAutomatic?: number;
}

/** How often ended blocks are taken off the list; a look-up never sees them anyway. */
const SWEEP_MS = 30_000;
/** Blocked /64s in one /56 from which the /56 is blocked. */
const ESCALATE_AT = 4;

/**
 * Blocked and allowed ranges. Look-ups cost well under a microsecond with 100,000 ranges; every change is in effect at
 * once and stored in the background or awaited, as the caller likes. Whatever happens, loopback, this machine's own
 * addresses, trusted proxies and the allowlist are never found blocked. Automatic blocks are bounded (`AutomaticBlocks`);
 * those of people are not.
 */
export class Blocklist {
  readonly #deps: BlocklistDeps;
  readonly #blocks: HeldBlocks;
  readonly #allowlist: Allowlist;
  readonly #never: NeverBlocked;
  readonly #rows: BlockRows;
  /** Ended blocks that still count against a repeater. */
  readonly #past: PastBlocks;
  readonly #lifted = new LiftedBlocks();
  /** Given up for want of room since it was last told. */
  #givenUp = 0;
  readonly #changed = new Emitter<{ readonly added?: Block; readonly removed?: Block }>();
  #sweep: { cancel(): void } | undefined;

  constructor(deps: BlocklistDeps) {
    const { store, audit, own, clock, maxAutomatic } = deps;
    this.#deps = deps;
    this.#blocks = new HeldBlocks(maxAutomatic);
    this.#allowlist = new Allowlist({ store, clock, onChange: () => this.#changed.fire({}) });
    this.#never = new NeverBlocked(own, this.#allowlist);
    this.#rows = new BlockRows(audit, clock);
    this.#past = new PastBlocks((range) => this.#persist(store.removeBlock(range)));
  }

  readonly onDidChange = this.#changed.event;

  /** Reads what was stored and begins to sweep. */
  start(): void {
    const now = this.#deps.clock.now();
    this.#allowlist.start();
    for (const block of this.#deps.store.loadBlocks()) {
      const range = parseRange(block.range);
      if (range === undefined) continue;
      if (isActive(block, now)) this.#set(block, range);
      else this.#past.add(block, range);
    }
    this.#makeRoom();
    this.#past.sweep(now);
    this.#scheduleSweep();
  }

  dispose(): void {
    this.#sweep?.cancel();
    this.#changed.dispose();
  }

  get size(): number {
    return this.#blocks.size;
  }

  list(): readonly Block[] {
    return this.#blocks.list(this.#deps.clock.now());
  }

  allowed(): readonly AllowEntry[] {
    return this.#allowlist.list();
  }

  /** Why the address can never be blocked; undefined for all others. */
  protectionOf(address: string): Protection | undefined {
    return this.#never.protectionOf(address);
  }

  /** Whether strangers come through this address: what it sends is never its own doing. */
  isTrustedProxy(address: string): boolean {
    return this.#never.isTrustedProxy(address);
  }

  /** The block that covers an address, the narrowest first, manual before automatic; undefined for protected ones. */
  find(address: string): Block | undefined {
    if (this.#blocks.size === 0) return undefined;
    const found = this.#blocks.find(address, this.#deps.clock.now());
    return found === undefined || this.protectionOf(address) !== undefined ? undefined : found;
  }

  /**
   * Adds or replaces a block made by a person; resolves once it survives a crash.
   *
   * @throws FlmError `invalid_request` when the range is none, covers everybody or is protected
   */
  async add(block: NewBlock, source: 'manual' | 'import' = 'manual'): Promise<Block> {
    const range = this.#requireBlockable(block.range);
    const added = this.#make(block, range, source);
    this.#set(added, range);
    if (source === 'manual') this.#rows.tell('block.added', added);
    await this.#deps.store.putBlock(added);
    return added;
  }

  /**
   * Gives a block another end and leaves everything else of it as it is: who made it, by which rule, since when.
   * Resolves once it survives a crash.
   *
   * @param expiresAt epoch ms; undefined: until lifted
   * @throws FlmError `not_found` when the range is not blocked
   */
  async change(text: string, expiresAt: number | undefined): Promise<Block> {
    const { block, range } = this.#require(text);
    const changed: { -readonly [M in keyof Block]: Block[M] } = { ...block };
    if (expiresAt === undefined) delete changed.expiresAt;
    else changed.expiresAt = expiresAt;
    this.#set(changed, range);
    this.#rows.tell('block.changed', changed);
    await this.#deps.store.putBlock(changed);
    return changed;
  }

  /**
   * Takes back the lifting of a block: it is as it was, automatic ones too. A block that has ended meanwhile, or is
   * one of many lifted since, is `not_found`.
   *
   * @throws FlmError `not_found`, or `invalid_request` when the range may not be blocked any more
   */
  async restore(text: string): Promise<Block> {
    const range = this.#requireBlockable(text);
    const block = this.#lifted.take(range.text);
    if (block === undefined || !isActive(block, this.#deps.clock.now()))
      throw new FlmError('not_found', `No block of ${range.text} was lifted lately`);
    this.#set(block, range);
    this.#rows.tell('block.added', block);
    await this.#deps.store.putBlock(block);
    return block;
  }

  /** Why a range cannot be blocked, in words; undefined when it can. */
  refusalOf(text: string): string | undefined {
    return this.#never.refusalOf(text);
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
    const range = parseRange(key);
    if (range === undefined || this.refusalOf(key) !== undefined) return undefined;
    const expiresAt = durationMs === undefined ? undefined : this.#deps.clock.now() + durationMs;
    const known = this.#blocks.get(range.text)?.block;
    const isRunning = known !== undefined && isActive(known, this.#deps.clock.now());
    if (isRunning && (known.source !== 'auto' || known.expiresAt === undefined)) return undefined;
    if (isRunning && expiresAt !== undefined && expiresAt <= (known.expiresAt ?? Infinity)) return undefined;
    const made = this.#make(
      { ...block, range: range.text, ...(expiresAt === undefined ? {} : { expiresAt }) },
      range,
      'auto',
    );
    this.#set(made, range);
    this.#makeRoom();
    this.#persist(this.#deps.store.putBlock(made));
    this.#rows.tell(isRunning ? 'block.changed' : 'block.added', made);
    this.#escalate(range, made);
    return made;
  }

  /** How often a range was blocked, up to now: by the block that holds, and automatically in the 30 days before. */
  strikesOf(key: string): number {
    const text = parseRange(key)?.text ?? key;
    const last = this.#blocks.get(text)?.block ?? this.#past.get(text);
    return last === undefined ? 0 : last.strikes + 1;
  }

  /** Lifts a block; resolves once it survives a crash. False when there was none. */
  async remove(text: string): Promise<boolean> {
    const range = parseRange(text);
    const known = range === undefined ? undefined : this.#blocks.get(range.text);
    if (range === undefined || known === undefined) return false;
    // A person says it was none: nothing is left of it, the strike neither.
    this.#drop(known);
    this.#lifted.add(known.block);
    this.#rows.tell('block.removed', known.block);
    await this.#deps.store.removeBlock(known.block.range);
    return true;
  }

  /** Lifts every block that would end by itself. */
  async clearTemporary(): Promise<number> {
    const temporary = this.list().filter(({ expiresAt }) => expiresAt !== undefined);
    await Promise.all(temporary.map(({ range }) => this.remove(range)));
    return temporary.length;
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

  #requireBlockable(text: string): IpRange {
    const why = this.refusalOf(text);
    const range = parseRange(text);
    if (why !== undefined || range === undefined)
      throw new FlmError('invalid_request', `${text.slice(0, 80)} ${why ?? ''}`);
    return range;
  }

  #require(text: string): HeldBlock {
    const range = parseRange(text);
    const known = range === undefined ? undefined : this.#blocks.get(range.text);
    if (known === undefined || !isActive(known.block, this.#deps.clock.now()))
      throw new FlmError('not_found', `${text.slice(0, 80)} is not blocked`);
    return known;
  }

  #make(block: NewBlock, range: IpRange, source: Block['source']): Block {
    return {
      range: range.text,
      source,
      rule: block.rule,
      reason: printable(block.reason, 300),
      ...(block.cause === undefined ? {} : { cause: block.cause }),
      ...(block.note === undefined ? {} : { note: block.note.slice(0, 500) }),
      createdAt: this.#deps.clock.now(),
      ...(block.expiresAt === undefined ? {} : { expiresAt: block.expiresAt }),
      strikes: this.strikesOf(range.text),
    };
  }

  #set(block: Block, range: IpRange): void {
    this.#blocks.set(block, range);
    this.#past.forget(range.text);
    this.#changed.fire({ added: block });
  }

  #drop({ block, range }: HeldBlock): void {
    this.#blocks.delete(range);
    this.#changed.fire({ removed: block });
  }

  /** Gives up automatic blocks while there are too many. */
  #makeRoom(): void {
    for (let block = this.#blocks.giveUp(); block !== undefined; block = this.#blocks.giveUp()) {
      this.#changed.fire({ removed: block });
      this.#persist(this.#deps.store.removeBlock(block.range));
      this.#givenUp++;
    }
  }

  /** Four blocked /64s of one /56 are one customer walking through his addresses. */
  #escalate(range: IpRange, block: Block): void {
    if (!range.isV6 || range.prefix !== 64) return;
    const wide = makeRange(range, 56);
    const now = this.#deps.clock.now();
    const inside = this.#blocks.countInside(wide, 64, now);
    if (inside < ESCALATE_AT || this.#blocks.get(wide.text) !== undefined) return;
    const duration = block.expiresAt === undefined ? undefined : block.expiresAt - now;
    const why = `${inside} of its /64 networks were blocked`;
    const cause: BlockCause = { sentence: reason('block.neighbours', inside) };
    this.blockAddress(wide.text, { rule: block.rule, reason: why, cause }, duration);
  }

  #scheduleSweep(): void {
    this.#sweep = this.#deps.clock.setTimeout(() => {
      const now = this.#deps.clock.now();
      for (const ended of this.#blocks.ended(now)) {
        this.#drop(ended);
        this.#rows.tell('block.expired', ended.block);
        this.#past.add(ended.block, ended.range);
      }
      this.#past.sweep(now);
      this.#tellGivenUp();
      this.#scheduleSweep();
    }, SWEEP_MS);
  }

  #tellGivenUp(): void {
    if (this.#givenUp === 0) return;
    this.#rows.tellGivenUp(this.#givenUp, this.#blocks.automaticSize);
    this.#givenUp = 0;
  }

  #persist(done: Promise<void>): void {
    done.catch((error: unknown) =>
      this.#deps.logger.error('A change of the blocklist could not be stored.', { error: messageOf(error) }),
    );
  }
}

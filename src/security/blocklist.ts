import type { AuditEvent, AuditLog } from '../core/audit';
import type { AllowEntry, Block, BlockCause, BlockStore } from '../core/block';
import type { Clock } from '../core/clock';
import { Emitter } from '../core/emitter';
import { FlmError, messageOf } from '../core/errors';
import { addressBits, makeRange, parseRange, rangeContains, type IpRange } from '../core/ip-range';
import type { Logger } from '../core/logger';
import { printable } from '../core/printable';
import { RangeIndex } from '../core/range-index';
import { reason } from '../core/reason';
import { AutomaticBlocks } from './automatic-blocks';
import { LiftedBlocks } from './lifted-blocks';
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
  readonly #blocks = new Map<string, { readonly block: Block; readonly range: IpRange }>();
  readonly #index = new RangeIndex<Block>();
  readonly #allowed = new Map<string, AllowEntry>();
  readonly #allowIndex = new RangeIndex<AllowEntry>();
  /** Ended blocks that still count against a repeater. */
  readonly #past: PastBlocks;
  readonly #automatic: AutomaticBlocks;
  readonly #lifted = new LiftedBlocks();
  /** Given up for want of room since it was last told. */
  #givenUp = 0;
  readonly #changed = new Emitter<{ readonly added?: Block; readonly removed?: Block }>();
  #sweep: { cancel(): void } | undefined;

  constructor(deps: BlocklistDeps) {
    this.#deps = deps;
    this.#past = new PastBlocks((range) => this.#persist(deps.store.removeBlock(range)));
    this.#automatic = new AutomaticBlocks(deps.maxAutomatic);
  }

  readonly onDidChange = this.#changed.event;

  /** Reads what was stored and begins to sweep. */
  start(): void {
    const now = this.#deps.clock.now();
    for (const entry of this.#deps.store.loadAllowed()) this.#setAllowed(entry);
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
    const now = this.#deps.clock.now();
    return [...this.#blocks.values()].map(({ block }) => block).filter((block) => isActive(block, now));
  }

  allowed(): readonly AllowEntry[] {
    const now = this.#deps.clock.now();
    return [...this.#allowed.values()].filter((entry) => isActive(entry, now));
  }

  /** Why the address can never be blocked; undefined for all others. */
  protectionOf(address: string): Protection | undefined {
    const own = this.#deps.own.protectionOf(address);
    if (own !== undefined) return own;
    const now = this.#deps.clock.now();
    if (this.#allowIndex.find(address, (entry) => isActive(entry, now)) !== undefined) return 'allowlist';
    return this.isTrustedProxy(address) ? 'trusted-proxy' : undefined;
  }

  /** Whether strangers come through this address: what it sends is never its own doing. */
  isTrustedProxy(address: string): boolean {
    return this.#proxies.size > 0 && this.#proxies.find(address) !== undefined;
  }

  /** The block that covers an address, the narrowest first, manual before automatic; undefined for protected ones. */
  find(address: string): Block | undefined {
    if (this.#index.size === 0) return undefined;
    const bits = addressBits(address);
    if (bits === undefined) return undefined;
    const now = this.#deps.clock.now();
    const found = this.#index.find(bits, (block) => isActive(block, now));
    if (found === undefined || this.protectionOf(address) !== undefined) return undefined;
    if (found.source !== 'auto') return found;
    return this.#index.find(bits, (block) => block.source !== 'auto' && isActive(block, now)) ?? found;
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
    if (source === 'manual') this.#tell('block.added', added);
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
    this.#tell('block.changed', changed);
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
    this.#tell('block.added', block);
    await this.#deps.store.putBlock(block);
    return block;
  }

  /** Why a range cannot be blocked, in words; undefined when it can. */
  refusalOf(text: string): string | undefined {
    const range = parseRange(text);
    if (range === undefined) return 'is no IP address or CIDR range';
    if (range.prefix < (range.isV6 ? 16 : 4)) return 'covers a large part of the internet';
    const own = this.#deps.own.covers(range);
    if (own !== undefined) return 'is this machine';
    if (rangeText(range) !== undefined && this.#deps.own.protectionOf(rangeText(range) ?? '') !== undefined)
      return 'is this machine';
    if (this.#proxyRanges.some((proxies) => rangeContains(proxies, range))) return 'is a trusted proxy';
    const allowed = this.allowed().find((entry) => {
      const outer = parseRange(entry.range);
      return outer !== undefined && rangeContains(outer, range);
    });
    return allowed === undefined ? undefined : `is on the allowlist (${allowed.range})`;
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
    this.#tell(isRunning ? 'block.changed' : 'block.added', made);
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
    this.#drop(known.block, range);
    this.#lifted.add(known.block);
    this.#tell('block.removed', known.block);
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
  async allow(entry: {
    readonly range: string;
    readonly note?: string;
    readonly expiresAt?: number;
  }): Promise<AllowEntry> {
    const range = parseRange(entry.range);
    if (range === undefined)
      throw new FlmError('invalid_request', `${entry.range.slice(0, 80)} is no IP address or CIDR range`);
    const added: AllowEntry = { ...entry, range: range.text, createdAt: this.#deps.clock.now() };
    this.#setAllowed(added);
    this.#changed.fire({});
    await this.#deps.store.putAllowed(added);
    return added;
  }

  async disallow(text: string): Promise<boolean> {
    const range = parseRange(text);
    if (range === undefined || !this.#allowed.delete(range.text)) return false;
    this.#allowIndex.delete(range);
    this.#changed.fire({});
    await this.#deps.store.removeAllowed(range.text);
    return true;
  }

  /** Ranges of the policy, beside those a person added one by one. Replaces the former ones. */
  setPolicyAllowlist(ranges: readonly string[]): void {
    for (const entry of this.#policyAllowed) this.#allowIndex.delete(entry);
    this.#policyAllowed = ranges.flatMap((text) => parseRange(text) ?? []);
    for (const range of this.#policyAllowed) {
      if (!this.#allowed.has(range.text)) this.#allowIndex.set(range, { range: range.text, createdAt: 0 });
    }
    for (const entry of this.#allowed.values()) this.#setAllowed(entry);
  }
  #policyAllowed: readonly IpRange[] = [];

  /** Proxies whose headers are believed. Replaces the former ones. */
  setTrustedProxies(ranges: readonly string[]): void {
    this.#proxyRanges = ranges.flatMap((text) => parseRange(text) ?? []);
    this.#proxies = new RangeIndex();
    for (const range of this.#proxyRanges) this.#proxies.set(range, true);
  }
  #proxyRanges: readonly IpRange[] = [];
  #proxies = new RangeIndex<true>();

  #requireBlockable(text: string): IpRange {
    const why = this.refusalOf(text);
    const range = parseRange(text);
    if (why !== undefined || range === undefined)
      throw new FlmError('invalid_request', `${text.slice(0, 80)} ${why ?? ''}`);
    return range;
  }

  #require(text: string): { readonly block: Block; readonly range: IpRange } {
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
    this.#blocks.set(range.text, { block, range });
    this.#past.forget(range.text);
    this.#automatic.add(block);
    this.#index.set(range, block);
    this.#changed.fire({ added: block });
  }

  #drop(block: Block, range: IpRange): void {
    this.#blocks.delete(range.text);
    this.#automatic.remove(range.text);
    this.#index.delete(range);
    this.#changed.fire({ removed: block });
  }

  /** Gives up automatic blocks while there are too many. */
  #makeRoom(): void {
    for (let block = this.#automatic.tooMany(); block !== undefined; block = this.#automatic.tooMany()) {
      const known = this.#blocks.get(block.range);
      if (known === undefined) this.#automatic.remove(block.range);
      else this.#drop(known.block, known.range);
      this.#persist(this.#deps.store.removeBlock(block.range));
      this.#givenUp++;
    }
  }

  #setAllowed(entry: AllowEntry): void {
    const range = parseRange(entry.range);
    if (range === undefined) return;
    this.#allowed.set(range.text, entry);
    this.#allowIndex.set(range, entry);
  }

  /** Four blocked /64s of one /56 are one customer walking through his addresses. */
  #escalate(range: IpRange, block: Block): void {
    if (!range.isV6 || range.prefix !== 64) return;
    const wide = makeRange(range, 56);
    const now = this.#deps.clock.now();
    let inside = 0;
    for (const other of this.#blocks.values()) {
      if (
        other.range.isV6 &&
        other.range.prefix === 64 &&
        isActive(other.block, now) &&
        rangeContains(wide, other.range)
      )
        inside++;
    }
    if (inside < ESCALATE_AT || this.#blocks.has(wide.text)) return;
    const duration = block.expiresAt === undefined ? undefined : block.expiresAt - now;
    const why = `${inside} of its /64 networks were blocked`;
    const cause: BlockCause = { sentence: reason('block.neighbours', inside) };
    this.blockAddress(wide.text, { rule: block.rule, reason: why, cause }, duration);
  }

  #scheduleSweep(): void {
    this.#sweep = this.#deps.clock.setTimeout(() => {
      const now = this.#deps.clock.now();
      for (const { block, range } of [...this.#blocks.values()]) {
        if (isActive(block, now)) continue;
        this.#drop(block, range);
        this.#tell('block.expired', block);
        this.#past.add(block, range);
      }
      this.#past.sweep(now);
      this.#tellGivenUp();
      this.#scheduleSweep();
    }, SWEEP_MS);
  }

  /** One row for all: whoever sends from that many addresses must not fill the log, too. */
  #tellGivenUp(): void {
    if (this.#givenUp === 0) return;
    this.#deps.audit.record({
      kind: 'block.removed',
      severity: 'medium',
      at: this.#deps.clock.now(),
      rule: 'blocklist.full',
      details: { givenUp: this.#givenUp, kept: this.#automatic.size },
    });
    this.#givenUp = 0;
  }

  /** One row for a whole import: a hundred thousand would push everything else out of the log. */
  recordImport(added: number, refused: number): void {
    this.#deps.audit.record({
      kind: 'block.added',
      severity: 'info',
      at: this.#deps.clock.now(),
      rule: 'import',
      details: { added, refused },
    });
  }

  #tell(kind: AuditEvent['kind'], block: Block): void {
    this.#deps.audit.record({
      kind,
      severity: kind === 'block.added' && block.source === 'auto' ? 'high' : 'info',
      at: this.#deps.clock.now(),
      address: block.range,
      rule: block.rule,
      evidence: block.reason,
      details: { source: block.source, strikes: block.strikes, expiresAt: block.expiresAt ?? null },
    });
  }

  #persist(done: Promise<void>): void {
    done.catch((error: unknown) =>
      this.#deps.logger.error('A change of the blocklist could not be stored.', { error: messageOf(error) }),
    );
  }
}

function isActive(entry: { readonly expiresAt?: number }, now: number): boolean {
  return entry.expiresAt === undefined || entry.expiresAt > now;
}

/** The address of a range of one; undefined for wider ones. */
function rangeText(range: IpRange): string | undefined {
  return range.text.includes('/') ? undefined : range.text;
}

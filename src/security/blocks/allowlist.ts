import type { AllowEntry, BlockStore } from '../../core/block';
import type { Clock } from '../../core/clock';
import { FlmError } from '../../core/errors';
import { parseRange, rangeContains, type IpRange } from '../../core/ip-range';
import { RangeIndex } from '../../core/range-index';
import { isActive } from './is-active';

export interface AllowlistDeps {
  readonly store: Pick<BlockStore, 'loadAllowed' | 'putAllowed' | 'removeAllowed'>;
  readonly clock: Clock;
  /** An entry was added or removed: in effect already, not stored yet. */
  readonly onChange: () => void;
}

/** Ranges that are always let in: those a person added one by one, and those of the policy. */
export class Allowlist {
  readonly #deps: AllowlistDeps;
  readonly #entries = new Map<string, AllowEntry>();
  readonly #index = new RangeIndex<AllowEntry>();
  #ofPolicy: readonly IpRange[] = [];

  constructor(deps: AllowlistDeps) {
    this.#deps = deps;
  }

  /** Reads what was stored. */
  start(): void {
    for (const entry of this.#deps.store.loadAllowed()) this.#set(entry);
  }

  /** Entries in force that a person added. */
  list(): readonly AllowEntry[] {
    const now = this.#deps.clock.now();
    return [...this.#entries.values()].filter((entry) => isActive(entry, now));
  }

  has(address: string): boolean {
    const now = this.#deps.clock.now();
    return this.#index.find(address, (entry) => isActive(entry, now)) !== undefined;
  }

  /** The entry of a person that allows the whole range. */
  covering(range: IpRange): AllowEntry | undefined {
    return this.list().find((entry) => {
      const outer = parseRange(entry.range);
      return outer !== undefined && rangeContains(outer, range);
    });
  }

  /**
   * Allows a range for good or until a time; resolves once that survives a crash.
   *
   * @throws FlmError `invalid_request`
   */
  async allow(entry: Omit<AllowEntry, 'createdAt'>): Promise<AllowEntry> {
    const range = parseRange(entry.range);
    if (range === undefined)
      throw new FlmError('invalid_request', `${entry.range.slice(0, 80)} is no IP address or CIDR range`);
    const added: AllowEntry = { ...entry, range: range.text, createdAt: this.#deps.clock.now() };
    this.#set(added);
    this.#deps.onChange();
    await this.#deps.store.putAllowed(added);
    return added;
  }

  /** False when there was no such entry. */
  async disallow(text: string): Promise<boolean> {
    const range = parseRange(text);
    if (range === undefined || !this.#entries.delete(range.text)) return false;
    this.#index.delete(range);
    this.#deps.onChange();
    await this.#deps.store.removeAllowed(range.text);
    return true;
  }

  /** Ranges of the policy. Replaces the former ones. */
  setPolicyRanges(ranges: readonly string[]): void {
    for (const range of this.#ofPolicy) this.#index.delete(range);
    this.#ofPolicy = ranges.flatMap((text) => parseRange(text) ?? []);
    for (const range of this.#ofPolicy) {
      if (!this.#entries.has(range.text)) this.#index.set(range, { range: range.text, createdAt: 0 });
    }
    for (const entry of this.#entries.values()) this.#set(entry);
  }

  #set(entry: AllowEntry): void {
    const range = parseRange(entry.range);
    if (range === undefined) return;
    this.#entries.set(range.text, entry);
    this.#index.set(range, entry);
  }
}

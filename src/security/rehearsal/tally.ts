import type { AuditRow } from '../../core/audit';
import type { Block } from '../../core/block';
import type { Rehearsal, RehearsalLimit, RehearsedAddress } from '../../core/rehearsal';
import type { RecordedStep } from './record-window';
import type { ReplayOutcome } from './replayed-world';

const maxShown = 20;
/** Addresses told apart. An attack from more is told by its number up to here. */
const maxAddresses = 20_000;

interface Counted {
  readonly address: string;
  /** Epoch ms of the first time. */
  readonly at: number;
  readonly rule: string;
  times: number;
}

/** What happened and what would have, by address. */
export class Tally {
  rows = 0;
  readonly limits: Set<RehearsalLimit>;
  readonly #would = new Map<string, Counted>();
  readonly #was = new Map<string, Counted>();
  #throttled = 0;
  #throttledOwn = 0;
  #first: number | undefined;
  #last = 0;

  constructor(isAutomatic: boolean) {
    this.limits = new Set(['load', 'recorded-signs', 'repeated-keys']);
    if (isAutomatic) this.limits.add('as-shared');
  }

  /** What is on record. */
  begin({ at, access, rows }: RecordedStep): void {
    this.#first ??= at;
    this.#last = at;
    for (const row of rows) this.#happened(row);
    if (access?.errorCode === 'address_blocked') this.limits.add('blocked-then');
  }

  /** What would have come of it. */
  outcome({ blocks, isThrottled, isOwn }: ReplayOutcome): void {
    for (const block of blocks) this.#blocked(block);
    if (!isThrottled) return;
    this.#throttled++;
    if (isOwn) this.#throttledOwn++;
  }

  /** Milliseconds for the most addresses that are told apart. */
  result(from: number, to: number): Rehearsal {
    const would = [...this.#would.values()];
    const spared = [...this.#was.values()].filter(({ address }) => !this.#would.has(address));
    const named = ({ address, at, rule }: Counted): RehearsedAddress => ({
      address,
      at,
      rule,
      wasBlocked: this.#was.has(address),
    });
    return {
      wouldBlock: first(would, (a, b) => b.times - a.times || b.at - a.at).map(named),
      wouldBlockTotal: would.length,
      wouldBlockNew: would.filter(({ address }) => !this.#was.has(address)).length,
      wouldThrottle: this.#throttled,
      wouldThrottleOwn: this.#throttledOwn,
      spared: first(spared, (a, b) => b.at - a.at).map(named),
      sparedTotal: spared.length,
      rows: this.rows,
      from: this.#first ?? from,
      to: this.limits.has('cut-short') ? this.#last : to,
      limits: [...this.limits],
    };
  }

  #happened({ kind, address, at, rule = '', details, observedOnly }: AuditRow): void {
    if (kind !== 'block.added' || address === undefined || details?.source !== 'auto' || observedOnly === true) return;
    if (!this.#was.has(address) && this.#was.size < maxAddresses)
      this.#was.set(address, { address, at, rule, times: 1 });
  }

  #blocked({ range, createdAt, rule }: Block): void {
    const known = this.#would.get(range);
    if (known !== undefined) known.times++;
    else if (this.#would.size < maxAddresses) this.#would.set(range, { address: range, at: createdAt, rule, times: 1 });
  }
}

/** The first few in an order, without sorting the rest: twenty thousand took 10 ms to sort. */
function first(counted: readonly Counted[], compare: (a: Counted, b: Counted) => number): readonly Counted[] {
  const found: Counted[] = [];
  for (const one of counted) {
    const last = found.at(-1);
    if (found.length === maxShown && last !== undefined && compare(one, last) >= 0) continue;
    const at = found.findIndex((other) => compare(one, other) < 0);
    found.splice(at === -1 ? found.length : at, 0, one);
    if (found.length > maxShown) found.pop();
  }
  return found;
}

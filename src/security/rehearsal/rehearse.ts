import type { AuditRow } from '../../core/audit';
import type { Block } from '../../core/block';
import type { Clock } from '../../core/clock';
import type { SecurityPolicy } from '../../core/policy-schema';
import type { Rehearsal, RehearsalLimit, RehearsedAddress } from '../../core/rehearsal';
import type { RecordSource } from './record-source';
import { readWindows } from './record-windows';
import type { ReplaySurroundings } from './replayed-blocklist';
import { ReplayedWorld } from './replayed-world';

export interface RehearseOptions {
  readonly policy: SecurityPolicy;
  readonly source: RecordSource;
  readonly surroundings: ReplaySurroundings;
  /** Epoch ms: the records in between. */
  readonly from: number;
  readonly to: number;
  readonly clock: Pick<Clock, 'monotonic'>;
  readonly signal: AbortSignal;
  /** Lets everything else have its turn. Default: the event loop's next round. */
  readonly pause?: () => Promise<void>;
}

/** Work between two pauses. Half of what a stream may notice is for the rest of the round. */
const sliceMs = 2;
/** Steps between two looks at the clock: one step takes 5–20 µs. */
const stepsPerLook = 16;
/** After that the answer is what is known so far: a window waits no longer. */
const longestMs = 40_000;
const maxShown = 20;
/** Addresses told apart. An attack from more is told by its number up to here. */
const maxAddresses = 20_000;

/**
 * Replays stored records against a policy and says what would have been blocked, throttled and spared. Changes nothing.
 * About a second per 100,000 records, in slices of {@link sliceMs}; memory is bounded by the gate's own bounds and the
 * densest second of records.
 *
 * @throws the signal's reason once it is aborted
 */
export async function rehearse(options: RehearseOptions): Promise<Rehearsal> {
  const { policy, source, surroundings, from, to, clock, signal, pause = nextRound } = options;
  const world = new ReplayedWorld(policy, surroundings);
  const tally = new Tally(policy.mode === 'auto');
  const startedAt = clock.monotonic();
  let sliceAt = startedAt;
  let count = 0;
  for await (const { steps, records } of readWindows(source, from, to, signal, pause)) {
    await pause();
    sliceAt = clock.monotonic();
    tally.rows += records;
    for (const step of steps) {
      tally.begin(step.at);
      for (const row of step.rows) tally.happened(row);
      if (step.access?.errorCode === 'address_blocked') tally.limits.add('blocked-then');
      const { blocks, isThrottled, isOwn } = world.play(step);
      for (const block of blocks) tally.blocks(block);
      if (isThrottled) tally.throttles(isOwn);
      if (++count % stepsPerLook !== 0 || clock.monotonic() - sliceAt < sliceMs) continue;
      await pause();
      signal.throwIfAborted();
      sliceAt = clock.monotonic();
    }
    if (clock.monotonic() - startedAt > longestMs) {
      tally.limits.add('cut-short');
      break;
    }
  }
  return tally.result(from, to);
}

function nextRound(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** What happened and what would have, by address. */
class Tally {
  rows = 0;
  readonly limits: Set<RehearsalLimit>;
  readonly #would = new Map<string, { at: number; rule: string; times: number }>();
  readonly #was = new Map<string, { at: number; rule: string }>();
  #throttled = 0;
  #throttledOwn = 0;
  #first: number | undefined;
  #last = 0;

  constructor(isAutomatic: boolean) {
    this.limits = new Set(['load', 'recorded-signs', 'repeated-keys']);
    if (isAutomatic) this.limits.add('as-shared');
  }

  begin(at: number): void {
    this.#first ??= at;
    this.#last = at;
  }

  happened({ kind, address, at, rule = '', details, observedOnly }: AuditRow): void {
    if (kind !== 'block.added' || address === undefined || details?.source !== 'auto' || observedOnly === true) return;
    if (!this.#was.has(address) && this.#was.size < maxAddresses) this.#was.set(address, { at, rule });
  }

  blocks({ range, createdAt, rule }: Block): void {
    const known = this.#would.get(range);
    if (known !== undefined) known.times++;
    else if (this.#would.size < maxAddresses) this.#would.set(range, { at: createdAt, rule, times: 1 });
  }

  throttles(isOwn: boolean): void {
    this.#throttled++;
    if (isOwn) this.#throttledOwn++;
  }

  result(from: number, to: number): Rehearsal {
    const would = [...this.#would].sort(([, a], [, b]) => b.times - a.times || b.at - a.at);
    const spared = [...this.#was].filter(([address]) => !this.#would.has(address)).sort(([, a], [, b]) => b.at - a.at);
    const named = ([address, { at, rule }]: readonly [string, { at: number; rule: string }]): RehearsedAddress => ({
      address,
      at,
      rule,
      wasBlocked: this.#was.has(address),
    });
    return {
      wouldBlock: would.slice(0, maxShown).map(named),
      wouldBlockTotal: would.length,
      wouldBlockNew: would.filter(([address]) => !this.#was.has(address)).length,
      wouldThrottle: this.#throttled,
      wouldThrottleOwn: this.#throttledOwn,
      spared: spared.slice(0, maxShown).map(named),
      sparedTotal: spared.length,
      rows: this.rows,
      from: this.#first ?? from,
      to: this.limits.has('cut-short') ? this.#last : to,
      limits: [...this.limits],
    };
  }
}

import type { Clock } from '../../core/clock';
import type { Block } from '../../core/block';
import type { SecurityPolicy } from '../../core/policy-schema';
import type { Rehearsal } from '../../core/rehearsal';
import type { RecordSource } from './record-source';
import { readWindows } from './record-windows';
import type { ReplaySurroundings } from './replayed-blocklist';
import { ReplayedWorld } from './replayed-world';
import { Slices } from './slices';
import { Tally } from './tally';

export interface RehearseOptions {
  readonly policy: SecurityPolicy;
  readonly source: RecordSource;
  readonly surroundings: ReplaySurroundings;
  /** Blocks in force before the first record. */
  readonly blocks: Iterable<Block>;
  /** Epoch ms: the records in between. */
  readonly from: number;
  readonly to: number;
  readonly clock: Pick<Clock, 'monotonic'>;
  readonly signal: AbortSignal;
  /** Lets everything else have its turn. Default: the event loop's next round. */
  readonly pause?: () => Promise<void>;
}

/** After that the answer is what is known so far: a window waits no longer. */
const longestMs = 40_000;

/**
 * Replays stored records against a policy and says what would have been blocked, throttled and spared. Changes nothing.
 * About a second per 100,000 records, in slices of {@link Slices}; memory is bounded by the gate's own bounds and the
 * densest second of records.
 *
 * @throws the signal's reason once it is aborted
 */
export async function rehearse(options: RehearseOptions): Promise<Rehearsal> {
  const { policy, source, surroundings, blocks, from, to, clock, signal, pause = nextRound } = options;
  const startedAt = clock.monotonic();
  const slices = new Slices(clock, pause, signal);
  const world = new ReplayedWorld(policy, surroundings);
  for (const block of blocks) {
    world.hold(block);
    if (slices.isOver) await slices.pause();
  }
  const tally = new Tally(policy.mode === 'auto');
  for await (const window of readWindows(source, from, to, slices)) {
    tally.rows += window.records;
    for (const step of window.steps()) {
      tally.begin(step);
      tally.outcome(world.play(step));
      if (slices.isOver) await slices.pause();
    }
    if (clock.monotonic() - startedAt > longestMs) {
      tally.limits.add('cut-short');
      break;
    }
  }
  await slices.pause();
  return tally.result(from, to);
}

function nextRound(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

import type { Block } from '../../core/block';
import { addressKey } from '../../core/ip-range';
import type { SecurityMode, SecurityPolicy } from '../../core/policy-schema';
import type { Blocklist } from '../blocks/blocklist';
import { BoundedMap } from '../bounded-map';
import { PolicyInForce } from '../gate/policy-in-force';
import type { Sign } from '../guards/guard';
import { RateLimitGuard } from '../guards/rate-limit-guard';
import { forgiveRanges } from '../scores/forgive';
import { Scorekeeper, type Suspect } from '../scores/scorekeeper';
import { createTrackedAddresses, maxTrackedAddresses, TrackedAddress, trackedTtlMs } from '../scores/tracked-address';
import { blockGuesser, noteWrongKey } from '../scores/wrong-keys';
import { RecordedTime } from './recorded-time';
import { createReplayedBlocklist, type ReplaySurroundings } from './replayed-blocklist';

/** What an address sent last. */
interface LastSeen {
  readonly keyId?: string;
  /** Salted hash of a wrong key. */
  readonly attempt?: string;
}

/** What is remembered, scored and blocked under the rehearsed policy. Bounded as the gate's memory is. */
export class ReplayedServices {
  readonly time = new RecordedTime();
  readonly inForce: PolicyInForce;
  readonly blocklist: Blocklist;
  readonly rates: RateLimitGuard;
  readonly #scores: Scorekeeper;
  readonly #tracked: BoundedMap<string, TrackedAddress>;
  readonly #last: BoundedMap<string, LastSeen>;

  constructor(policy: SecurityPolicy, surroundings: ReplaySurroundings) {
    // As if it were shared: that is what thresholds are for.
    this.inForce = new PolicyInForce(policy, false);
    this.blocklist = createReplayedBlocklist(policy, surroundings, this.time);
    this.#scores = new Scorekeeper(this.blocklist, policy);
    this.rates = new RateLimitGuard(this.time);
    this.#tracked = createTrackedAddresses(this.time);
    this.#last = new BoundedMap({ maxEntries: maxTrackedAddresses, ttlMs: trackedTtlMs }, this.time);
  }

  /** Who is at an address, with all that is held against him. */
  suspect(address: string, isDirectLocal: boolean): Suspect {
    const key = addressKey(address);
    const protection = this.blocklist.protectionOfCaller(address, isDirectLocal);
    const tracked = this.#tracked.getOrCreate(key, () => new TrackedAddress());
    return { key, tracked, protection, now: this.time.at };
  }

  score(suspect: Suspect, signs: readonly Sign[], mode: SecurityMode): Block | undefined {
    return this.#scores.apply(suspect, signs, this.inForce.mayBlock(mode)).block;
  }

  wrongKey(suspect: Suspect, attempt: string): Block | undefined {
    const { policy, modes } = this.inForce;
    this.#remember(suspect.key, { attempt });
    const guessing = noteWrongKey(suspect, attempt, policy);
    if (guessing === undefined || modes.blocklist !== 'enforce') return undefined;
    return blockGuesser(this.blocklist, suspect.key, guessing);
  }

  validKey({ key, tracked, now }: Suspect, keyId: string): void {
    tracked.trustedAt = now;
    tracked.failures.reset();
    this.#remember(key, { keyId });
  }

  lastOf(address: string): LastSeen | undefined {
    return this.#last.get(addressKey(address));
  }

  /** A person lifted the block of a range. */
  lift(range: string): void {
    void this.blocklist.remove(range);
    forgiveRanges(this.#tracked, [range]);
  }

  /** Scores and windows live in memory; blocks are stored. */
  restart(): void {
    this.#tracked.clear();
    this.rates.forget();
  }

  #remember(key: string, change: LastSeen): void {
    this.#last.set(key, { ...this.#last.get(key), ...change });
  }
}

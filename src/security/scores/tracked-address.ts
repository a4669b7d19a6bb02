import type { Clock } from '../../core/clock';
import { AuthFailures } from './auth-failures';
import { IdenticalBodies } from './identical-bodies';
import { BoundedMap } from '../bounded-map';
import { Score } from './score';
import { SlidingWindow } from '../limits/sliding-window';
import { hashText } from '../text-hash';

/** Addresses remembered at most, and for how long (SECURITY.md). */
export const maxTrackedAddresses = 10_000;
export const trackedTtlMs = 24 * 3600_000;

/** Paths remembered per address and window. */
const MAX_PATHS = 128;

/** What is known of one address. Parts come to be when first needed: most addresses are seen once. */
export class TrackedAddress {
  /** Requests of the last second and minute. */
  readonly second = new SlidingWindow(1000);
  readonly minute = new SlidingWindow(60_000);
  /** Monotonic ms of the last request with a valid key. */
  trustedAt = -Infinity;
  /** Windows over a rate, one after the other. */
  windowsOver = 0;
  lastWindowOver = -Infinity;
  /** Warned about since the score was last below the mark. */
  isWarned = false;
  /** In observe mode: until when a block would hold, so that it is told once. */
  observedUntil = 0;
  #slow: SlidingWindow | undefined;
  #score: Score | undefined;
  #failures: AuthFailures | undefined;
  #traps: Map<string, number> | undefined;
  /** Paths as hashes: as texts, those of all addresses could fill gigabytes. */
  #paths: { since: number; seen: Set<number>; scripts: number } | undefined;
  #identical: IdenticalBodies | undefined;

  get score(): Score {
    return (this.#score ??= new Score());
  }

  get hasScore(): boolean {
    return this.#score !== undefined;
  }

  get failures(): AuthFailures {
    return (this.#failures ??= new AuthFailures());
  }

  get identical(): IdenticalBodies {
    return (this.#identical ??= new IdenticalBodies());
  }

  /** Notes a request that did not arrive in time; answers how many there were in ten minutes. */
  addSlow(now: number): number {
    this.#slow ??= new SlidingWindow(600_000);
    return this.#slow.add(now);
  }

  /** Notes a trap; answers how many different ones were touched within the window. */
  touchTrap(trap: string, now: number, windowMs: number): number {
    const traps = (this.#traps ??= new Map());
    traps.set(trap, now);
    for (const [name, at] of traps) if (now - at > windowMs) traps.delete(name);
    return traps.size;
  }

  /**
   * Notes an unknown path; answers how many different ones there were in this minute, how many of them scripts, and
   * whether this one is new.
   */
  seePath(path: string, now: number): { readonly distinct: number; readonly scripts: number; readonly isNew: boolean } {
    if (this.#paths === undefined || now - this.#paths.since >= 60_000)
      this.#paths = { since: now, seen: new Set(), scripts: 0 };
    const paths = this.#paths;
    const hash = hashText(path);
    const isNew = !paths.seen.has(hash);
    if (isNew && paths.seen.size < MAX_PATHS) paths.seen.add(hash);
    if (isNew && isForeignScript(path)) paths.scripts++;
    return { distinct: paths.seen.size, scripts: paths.scripts, isNew };
  }

  forgive(): void {
    this.#score = undefined;
    this.#failures = undefined;
    this.#traps = undefined;
    this.windowsOver = 0;
    this.isWarned = false;
    this.observedUntil = 0;
  }
}

/** A page of somebody else's web server. One is a stale bookmark; many are a search for something to break into. */
export function isForeignScript(path: string): boolean {
  return path.endsWith('.php');
}

/** All addresses seen lately; those with a score stay longest when room is needed. */
export function createTrackedAddresses(clock: Clock): BoundedMap<string, TrackedAddress> {
  return new BoundedMap(
    { maxEntries: maxTrackedAddresses, ttlMs: trackedTtlMs, isPrecious: (tracked) => tracked.hasScore },
    clock,
  );
}

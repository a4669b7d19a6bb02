import type { Clock } from '../core/clock';
import type { Logger } from '../core/logger';
import type { EngineRecord } from './engine-record';
import { PollTimer } from './poll-timer';
import { nextDelayMs } from './schedule';
import { VisitQueue } from './visit-queue';

/** An engine shown under another address of the same server needs no visits of its own until that one fails. */
const shadowedMs = 30_000;

export interface EngineVisitsDeps {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly records: () => ReadonlyMap<string, EngineRecord>;
  /** Addresses of a server that is shown under another one. */
  readonly shadowed: () => ReadonlySet<string>;
  /** Looks at an address and takes in what was found; `done` is called from within. */
  readonly visit: (url: string, isForced: boolean) => Promise<void>;
}

/** Which address is visited when: never twice at a time, and by itself only while visits are regular. */
export class EngineVisits {
  readonly #deps: EngineVisitsDeps;
  readonly #queue: VisitQueue;
  readonly #timer: PollTimer;
  /** Monotonic ms of the last visit, by address. */
  readonly #visitedAt = new Map<string, number>();
  #isRegular = false;

  constructor(deps: EngineVisitsDeps) {
    this.#deps = deps;
    this.#queue = new VisitQueue(deps.visit, (url, error) =>
      deps.logger.error('A probe failed unexpectedly.', { url, error }),
    );
    this.#timer = new PollTimer(deps.clock, () => this.#tick());
  }

  /** Whether addresses are visited by themselves, each in its time. */
  setRegular(isRegular: boolean): void {
    this.#isRegular = isRegular;
    this.schedule();
  }

  /** Visits an address, or joins the visit under way. Passive engines are never visited. */
  async run(url: string, isForced: boolean): Promise<void> {
    if (this.#deps.records().get(url)?.candidate.passiveModels !== undefined) return;
    await this.#queue.run(url, isForced);
    this.schedule();
  }

  /** An address was visited, with this result. */
  done(record: EngineRecord): void {
    const { baseUrl } = record.candidate;
    this.#visitedAt.set(baseUrl, this.#deps.clock.monotonic());
    this.#timer.set(baseUrl, nextDelayMs(record));
  }

  /** These addresses are due at once, from the next `schedule` on. */
  hasten(urls: Iterable<string>): void {
    for (const url of urls) this.#timer.set(url, 0);
  }

  wasVisited(url: string): boolean {
    return this.#visitedAt.has(url);
  }

  /** Milliseconds since the last visit; infinite if there was none. */
  sinceMs(url: string): number {
    return this.#deps.clock.monotonic() - (this.#visitedAt.get(url) ?? -Infinity);
  }

  forget(url: string): void {
    this.#timer.delete(url);
    this.#visitedAt.delete(url);
  }

  /** Waits for the address that is due next, if visits are regular. */
  schedule(): void {
    if (!this.#isRegular) this.#timer.cancel();
    else this.#timer.arm([...this.#deps.records().keys()].filter((url) => !this.#queue.isRunning(url)));
  }

  #tick(): void {
    const records = this.#deps.records();
    const shadowed = this.#deps.shadowed();
    const isSomeoneFailing = [...records.values()].some((record) => (record.status?.failures ?? 0) > 0);
    for (const url of records.keys()) {
      if (this.#queue.isRunning(url) || !this.#timer.isDue(url)) continue;
      const sinceVisit = this.sinceMs(url);
      const isIdle = shadowed.has(url) && !isSomeoneFailing && sinceVisit < shadowedMs;
      if (isIdle) this.#timer.set(url, shadowedMs - sinceVisit);
      else void this.run(url, false);
    }
    this.schedule();
  }
}

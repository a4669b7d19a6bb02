import type { CatalogEntry } from '../../core/catalog';
import type { BreakerPass, PassOutcome } from './circuit-breaker';
import type { Room, Router } from './router';

/** Engines asked for one request, the first included. */
const maxAttempts = 3;

/** Of these, how many may lose a connection over it: a request that kills engines must not kill them all. */
const maxLost = 2;

/**
 * The way of one request over the engines that have its model: takes a place at the best of them, goes on to the next
 * where one gave no answer, and gives the place back once.
 */
export class Route {
  readonly #router: Router;
  readonly #candidates: readonly CatalogEntry[];
  readonly #conversation: string | undefined;
  #failed: CatalogEntry[] | undefined;
  #entry: CatalogEntry | undefined;
  #pass: BreakerPass | undefined;
  #lost = 0;
  #isOver = false;

  /** @param candidates never empty */
  constructor(router: Router, candidates: readonly CatalogEntry[], conversation: string | undefined) {
    this.#router = router;
    this.#candidates = candidates;
    this.#conversation = conversation;
  }

  /** Where the request is now, or would most likely go. */
  get entry(): CatalogEntry {
    return this.#entry ?? (this.#candidates[0] as CatalogEntry);
  }

  /** It has a place at {@link entry}. */
  get hasPlace(): boolean {
    return this.#entry !== undefined;
  }

  /** Engines that gave no answer, in order. */
  get failedEngines(): readonly string[] {
    return this.#failed?.map(({ engine }) => engine.id) ?? [];
  }

  /** Every engine is shut off by its breaker: waiting for a place would not help. */
  get isShut(): boolean {
    return this.#entry === undefined && !this.#open().some(({ engine }) => this.#router.breakers.allows(engine));
  }

  /** Until the first of them may be tried again. */
  get retryAfterMs(): number {
    return Math.min(...this.#candidates.map(({ engine }) => this.#router.breakers.retryAfterMs(engine.id)));
  }

  /**
   * Takes a place where one is free. Also true when all engines are shut off: then there is nothing to wait for.
   *
   * @param isLastCall instead of being refused, it may wait in the queue of an engine whose limit is its own
   */
  claim(isLastCall = false): boolean {
    if (this.#isOver) return true;
    return this.#entry !== undefined || this.#take(isLastCall ? 'engine-queue' : 'free') || this.isShut;
  }

  /** Takes a place even at an engine that is full. For gates that do not ask. */
  claimAnyway(): void {
    if (!this.hasPlace && !this.#isOver) this.#take('any');
  }

  /** The engine has taken the connection. */
  connected(): void {
    this.#pass?.connected();
  }

  /** What the request showed about the engine's connection. Only the first time counts. */
  settle(outcome: PassOutcome): void {
    this.#pass?.settle(outcome);
  }

  /**
   * To be called after {@link settle}. Leaves the engine, which gave no answer, for the next that has the model and a free place. False: there is none, and
   * the request stays where it is.
   *
   * @param isLost the connection broke while the engine may have worked on the request
   */
  goOn(isLost: boolean): boolean {
    const left = this.#entry;
    if (isLost) this.#lost++;
    if (this.#lost >= maxLost) return false;
    if (left === undefined || this.#isOver || (this.#failed?.length ?? 0) >= maxAttempts - 1) return false;
    (this.#failed ??= []).push(left);
    this.#entry = undefined;
    if (this.#take('free')) {
      this.#router.inFlight.end(left.engine.id);
      return true;
    }
    this.#failed.pop();
    this.#entry = left;
    return false;
  }

  /** Gives the place back. To be called when the engine does nothing more for the request. */
  end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#pass?.settle('unknown');
    if (this.#entry !== undefined) this.#router.inFlight.end(this.#entry.engine.id);
  }

  #take(room: Room): boolean {
    const { breakers, inFlight } = this.#router;
    const entry = this.#router.choose(this.#open(), this.#conversation, room);
    if (entry === undefined) return false;
    this.#entry = entry;
    this.#pass = breakers.begin(entry.engine.id);
    inFlight.begin(entry.engine.id);
    return true;
  }

  #open(): readonly CatalogEntry[] {
    const failed = this.#failed;
    return failed === undefined ? this.#candidates : this.#candidates.filter((entry) => !failed.includes(entry));
  }
}

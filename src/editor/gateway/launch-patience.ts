import type { Clock } from '../../core/clock';

/** Windows that lost their gateway try again within this time of each other. */
const jitterMs = 300;
/** A newer window asked for the place: others leave it the time to take it. */
const yieldGraceMs = 3_000;
const firstBackoffMs = 250;
const maxBackoffMs = 30_000;
/** Failed starts in a row after which the window says so, while it goes on trying. */
const failuresUntilFailed = 3;
/** A gateway that ran this long has earned a quick restart. */
const provenMs = 60_000;

/** How long to wait before a gateway is started, joined or tried again. */
export class LaunchPatience {
  readonly #clock: Clock;
  readonly #random: () => number;
  #failures = 0;
  #mayLaunchAt = 0;

  /** @param random 0–1: spreads windows that all lost the same gateway */
  constructor(clock: Clock, random: () => number) {
    this.#clock = clock;
    this.#random = random;
  }

  /** So many starts failed in a row that a person should know. */
  get hasRunOut(): boolean {
    return this.#failures >= failuresUntilFailed;
  }

  get isTooEarly(): boolean {
    return this.#clock.monotonic() < this.#mayLaunchAt;
  }

  jitter(): number {
    return this.#random() * jitterMs;
  }

  /** A start failed. Answers how long to wait: 0.25 s, doubled with each failure in a row, 30 s at most. */
  failed(): number {
    this.#failures += 1;
    return Math.min(maxBackoffMs, firstBackoffMs * 2 ** (this.#failures - 1));
  }

  /** A gateway of our own that served has ended badly: the next start waits. */
  crashed(): void {
    this.#mayLaunchAt = this.#clock.monotonic() + this.failed();
  }

  /** A gateway ended in order after having served for so long. */
  served(forMs: number): void {
    if (forMs >= provenMs) this.#failures = 0;
  }

  /** The gateway made room for a newer window. */
  leavePlace(): void {
    this.#mayLaunchAt = this.#clock.monotonic() + yieldGraceMs;
  }
}

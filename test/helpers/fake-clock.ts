import type { Clock, Timer } from '../../src/core/clock';

/** A clock that stands still until told to move. Wall and monotonic time move together unless `jump` is used. */
export class FakeClock implements Clock {
  #wall: number;
  #monotonic = 0;
  #timers: { dueAt: number; order: number; callback: () => void }[] = [];
  #order = 0;

  constructor(startAt = Date.UTC(2026, 0, 1)) {
    this.#wall = startAt;
  }

  now(): number {
    return this.#wall;
  }

  monotonic(): number {
    return this.#monotonic;
  }

  setTimeout(callback: () => void, delayMs: number): Timer {
    const timer = { dueAt: this.#monotonic + Math.max(0, delayMs), order: this.#order++, callback };
    this.#timers.push(timer);
    return {
      cancel: () => {
        this.#timers = this.#timers.filter((other) => other !== timer);
      },
    };
  }

  /** How many timers are waiting. */
  get pending(): number {
    return this.#timers.length;
  }

  /** Moves time on, firing what falls due in order. */
  advance(ms: number): void {
    const end = this.#monotonic + ms;
    for (;;) {
      const next = this.#timers.filter((t) => t.dueAt <= end).sort((a, b) => a.dueAt - b.dueAt || a.order - b.order)[0];
      if (next === undefined) break;
      this.#timers = this.#timers.filter((other) => other !== next);
      this.#moveTo(next.dueAt);
      next.callback();
    }
    this.#moveTo(end);
  }

  /** As `advance`, letting promises settle between timers and afterwards. */
  async advanceAsync(ms: number, stepMs = ms): Promise<void> {
    for (let moved = 0; moved < ms; moved += stepMs) {
      this.advance(Math.min(stepMs, ms - moved));
      await settle();
    }
    await settle();
  }

  /** Sets the wall clock forwards or backwards, as NTP or a person does; monotonic time stays. */
  jump(ms: number): void {
    this.#wall += ms;
  }

  #moveTo(monotonic: number): void {
    this.#wall += monotonic - this.#monotonic;
    this.#monotonic = monotonic;
  }
}

/** Lets everything that is already resolvable resolve. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
}

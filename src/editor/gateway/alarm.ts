import type { Clock } from '../../core/clock';

/** Sleeps that can be cut short. */
export class Alarm {
  readonly #clock: Clock;
  readonly #sleepers = new Set<() => void>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Resolves after that time, or when the alarm rings. */
  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        timer.cancel();
        this.#sleepers.delete(wake);
        resolve();
      };
      const timer = this.#clock.setTimeout(wake, ms);
      this.#sleepers.add(wake);
    });
  }

  /** Wakes everybody who sleeps now. */
  ring(): void {
    for (const wake of [...this.#sleepers]) wake();
  }
}

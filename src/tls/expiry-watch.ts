import type { Clock } from '../core/clock';
import { WallTimer } from './wall-timer';

const dayMs = 24 * 60 * 60_000;
const warningDays = [30, 7, 1] as const;

export interface ExpiryListener {
  /** At most `days` are left. Once for each step; steps that were missed are left out. */
  onSoon(days: (typeof warningDays)[number]): void;
  onEnd(): void;
}

/** Tells 30, 7 and 1 day before the end of a certificate, and at the end. */
export class ExpiryWatch {
  readonly #clock: Clock;
  readonly #listener: ExpiryListener;
  readonly #timer: WallTimer;
  #notAfter: number | undefined;
  #told = Number.POSITIVE_INFINITY;

  constructor(clock: Clock, listener: ExpiryListener) {
    this.#clock = clock;
    this.#listener = listener;
    this.#timer = new WallTimer(clock, () => this.#look());
  }

  /** Watches this end from now on. Within 30 days of it, it tells at once. Setting the same again tells nothing twice. */
  set(notAfter: number): void {
    if (notAfter === this.#notAfter) return;
    this.#notAfter = notAfter;
    this.#told = Number.POSITIVE_INFINITY;
    this.#look();
  }

  stop(): void {
    this.#timer.cancel();
    this.#notAfter = undefined;
  }

  #look(): void {
    const end = this.#notAfter;
    if (end === undefined) return;
    const leftMs = end - this.#clock.now();
    if (leftMs <= 0) {
      this.#listener.onEnd();
      return;
    }
    const due = warningDays.filter((days) => leftMs <= days * dayMs).at(-1);
    const isNew = due !== undefined && due < this.#told;
    if (isNew) this.#told = due;
    const next = warningDays.find((days) => leftMs > days * dayMs);
    this.#timer.set(next === undefined ? end : end - next * dayMs);
    if (isNew) this.#listener.onSoon(due);
  }
}

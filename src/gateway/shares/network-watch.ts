import type { Clock, Timer } from '../../core/clock';
import { Emitter } from '../../core/emitter';
import type { MachineAddress } from '../../core/exposure';

/** Looking costs a tenth of a millisecond; a laptop that changes its network has a new address within seconds. */
export const networkLookMs = 5_000;

/** Knows the addresses of this machine, and tells when they change while somebody needs to know. */
export class NetworkWatch {
  readonly #read: () => readonly MachineAddress[];
  readonly #clock: Clock;
  readonly #changes = new Emitter<void>();
  readonly onDidChange = this.#changes.event;
  #timer: Timer | undefined;
  #known = '';

  constructor(read: () => readonly MachineAddress[], clock: Clock) {
    this.#read = read;
    this.#clock = clock;
  }

  /** As they are now. */
  addresses(): readonly MachineAddress[] {
    return this.#read();
  }

  /** Begins or ends to look by itself. */
  watch(isNeeded: boolean): void {
    if (isNeeded === (this.#timer !== undefined)) return;
    this.#timer?.cancel();
    this.#timer = undefined;
    if (!isNeeded) return;
    this.#known = JSON.stringify(this.#read());
    this.#lookLater();
  }

  dispose(): void {
    this.watch(false);
    this.#changes.dispose();
  }

  #lookLater(): void {
    this.#timer = this.#clock.setTimeout(() => {
      this.#lookLater();
      const now = JSON.stringify(this.#read());
      if (now === this.#known) return;
      this.#known = now;
      this.#changes.fire();
    }, networkLookMs);
  }
}

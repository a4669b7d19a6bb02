import { addressKey } from '../../core/ip-range';
import type { Disposable } from '../../core/disposable';

/** Connections that have not yet proved to speak TLS or HTTP: bursts of honest clients stay below. */
export const maxHalfOpen = 1024;
export const maxHalfOpenPerAddress = 256;

/**
 * Counts connections between accept and the end of the handshake. Threat: a handshake costs the server far more than
 * the client, and an unfinished one holds a socket; so there may be few of them in all, and fewer from one address.
 */
export class HalfOpen {
  readonly #counts = new Map<string, number>(); // bounded by maxHalfOpen
  #total = 0;

  get total(): number {
    return this.#total;
  }

  /** A place, to be disposed when the handshake is over; undefined when there is none left. */
  enter(address: string): Disposable | undefined {
    const key = addressKey(address);
    const count = this.#counts.get(key) ?? 0;
    if (this.#total >= maxHalfOpen || count >= maxHalfOpenPerAddress) return undefined;
    this.#counts.set(key, count + 1);
    this.#total++;
    let isIn = true;
    return {
      dispose: () => {
        if (isIn) this.#leave(key);
        isIn = false;
      },
    };
  }

  #leave(key: string): void {
    this.#total--;
    const left = (this.#counts.get(key) ?? 1) - 1;
    if (left > 0) this.#counts.set(key, left);
    else this.#counts.delete(key);
  }
}

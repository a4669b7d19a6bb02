import { addressKey } from '../../core/ip-range';
import type { Disposable } from '../../core/disposable';
import { KeyedCount } from '../../core/keyed-count';

/** Connections that have not yet proved to speak TLS or HTTP: bursts of honest clients stay below. */
export const maxHalfOpen = 1024;
export const maxHalfOpenPerAddress = 256;

/**
 * Counts connections between accept and the end of the handshake. Threat: a handshake costs the server far more than
 * the client, and an unfinished one holds a socket; so there may be few of them in all, and fewer from one address.
 */
export class HalfOpen {
  readonly #counts = new KeyedCount(); // bounded by maxHalfOpen
  #total = 0;

  get total(): number {
    return this.#total;
  }

  /** A place, to be disposed when the handshake is over; undefined when there is none left. */
  enter(address: string): Disposable | undefined {
    const key = addressKey(address);
    if (this.#total >= maxHalfOpen || this.#counts.of(key) >= maxHalfOpenPerAddress) return undefined;
    this.#counts.add(key);
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
    this.#counts.remove(key);
  }
}

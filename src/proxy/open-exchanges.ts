import type { Exchange } from './exchange';

/**
 * The exchanges that are not over. A list, in which each knows its place, and no `Set`: the table of a `Set` that has
 * outgrown itself leads to the next one, so that once one table is in V8's old space every exchange after it gets there,
 * too, long after its end (3 kB … 6 kB a request, and scavenges of many milliseconds; SPEED.md).
 */
export class OpenExchanges {
  readonly #list: Exchange[] = [];

  get size(): number {
    return this.#list.length;
  }

  /** As they are now: exchanges may end while they are looked through. */
  all(): readonly Exchange[] {
    return [...this.#list];
  }

  add(exchange: Exchange): void {
    exchange.place = this.#list.push(exchange) - 1;
  }

  /** Harmless for one that is not there. */
  delete(exchange: Exchange): void {
    if (this.#list[exchange.place] !== exchange) return;
    const last = this.#list.pop() as Exchange;
    if (last !== exchange) {
      last.place = exchange.place;
      this.#list[last.place] = last;
    }
    exchange.place = -1;
  }
}

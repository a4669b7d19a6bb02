import { isLoopbackAddress } from '../../core/address';
import type { Disposable } from '../../core/disposable';

/**
 * Where listeners are open, as far as it matters to security: beyond this machine or not. Several may be open at once
 * while one drains; the widest counts.
 */
export class Exposure {
  readonly #onChange: (from: string | undefined, to: string | undefined) => void;
  readonly #open = new Map<string, number>();
  #beyond: string | undefined;

  /** @param onChange told whenever {@link beyond} is another */
  constructor(onChange: (from: string | undefined, to: string | undefined) => void) {
    this.#onChange = onChange;
  }

  /** The address beyond this machine's loopback on which a listener is open; undefined: none is. */
  get beyond(): string | undefined {
    return this.#beyond;
  }

  /** To be called before the listener opens, so that it is never guarded less than it should be; dispose after it closed. */
  add(host: string): Disposable {
    if (isLoopbackAddress(host)) return { dispose: () => undefined };
    this.#count(host, 1);
    let isOpen = true;
    return {
      dispose: () => {
        if (isOpen) this.#count(host, -1);
        isOpen = false;
      },
    };
  }

  #count(host: string, change: 1 | -1): void {
    const open = (this.#open.get(host) ?? 0) + change;
    if (open > 0) this.#open.set(host, open);
    else this.#open.delete(host);
    const from = this.#beyond;
    const [to] = this.#open.keys();
    if (to === from) return;
    this.#beyond = to;
    this.#onChange(from, to);
  }
}

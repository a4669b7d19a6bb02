import type { Disposable } from '../../core/disposable';

/**
 * Whether listeners beyond this machine are open, as far as it matters to security. One that closes counts until its
 * last connection is gone.
 */
export class Exposure {
  readonly #onChange: () => void;
  #open = 0;

  /** @param onChange told whenever {@link isOpen} is another */
  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  get isOpen(): boolean {
    return this.#open > 0;
  }

  /** To be called before the listener opens, so that it is never guarded less than it should be; dispose after it closed. */
  add(): Disposable {
    this.#count(1);
    let isOpen = true;
    return {
      dispose: () => {
        if (isOpen) this.#count(-1);
        isOpen = false;
      },
    };
  }

  #count(change: 1 | -1): void {
    const wasOpen = this.isOpen;
    this.#open += change;
    if (wasOpen !== this.isOpen) this.#onChange();
  }
}

import { DisposableStore } from '../core/disposable';
import { Emitter, type Event } from '../core/emitter';
import type { SharingSummary } from '../protocol/sharing-rpc';

/** Who knows which part of the summary. Each is asked anew every time and answers in microseconds. */
export type SharingParts = {
  readonly [P in keyof SharingSummary]-?: () => SharingSummary[P];
};

/** Sharing at a glance, put together from those who know its parts. */
export class Sharing {
  readonly #parts: SharingParts;
  readonly #changes = new Emitter<void>();
  readonly #store = new DisposableStore();

  /** @param sources fire whenever a part is another */
  constructor(parts: SharingParts, sources: readonly Event<void>[]) {
    this.#parts = parts;
    for (const source of sources) this.#store.add(source(() => this.#changes.fire()));
  }

  /** May fire often. */
  get onDidChange(): Event<void> {
    return this.#changes.event;
  }

  summary(): SharingSummary {
    const checkup = this.#parts.checkup();
    return {
      exposure: this.#parts.exposure(),
      tls: this.#parts.tls(),
      endpoints: this.#parts.endpoints(),
      shares: this.#parts.shares(),
      ...(checkup === undefined ? {} : { checkup }),
    };
  }

  dispose(): void {
    this.#store.dispose();
    this.#changes.dispose();
  }
}

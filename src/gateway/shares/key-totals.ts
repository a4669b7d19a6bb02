import { addKeyUse, keyUse, type KeyUse } from '../../core/key-use';
import type { AccessRecord } from '../../core/request';

/** What each key has used since it was made. Begins with what storage counted; storage counts on by itself. */
export class KeyTotals {
  readonly #totals = new Map<string, KeyUse>();

  load(totals: readonly KeyUse[]): void {
    for (const total of totals) this.#totals.set(total.keyId, total);
  }

  /** Counts a request; answers the key it was made with. */
  count(record: AccessRecord): string | undefined {
    const use = keyUse(record);
    if (use === undefined) return undefined;
    const before = this.#totals.get(use.keyId);
    this.#totals.set(use.keyId, before === undefined ? use : addKeyUse(before, use));
    return use.keyId;
  }

  of(keyId: string): KeyUse | undefined {
    return this.#totals.get(keyId);
  }

  forget(keyId: string): void {
    this.#totals.delete(keyId);
  }
}

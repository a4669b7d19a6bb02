import type { CatalogEntry } from '../core/catalog';
import { isUsable } from '../core/engine';

/** Requests each engine is working on for us, and who should get the next one. */
export class InFlight {
  readonly #counts = new Map<string, number>();

  begin(engineId: string): void {
    this.#counts.set(engineId, this.of(engineId) + 1);
  }

  end(engineId: string): void {
    const count = this.of(engineId) - 1;
    if (count > 0) this.#counts.set(engineId, count);
    else this.#counts.delete(engineId);
  }

  of(engineId: string): number {
    return this.#counts.get(engineId) ?? 0;
  }

  /** The usable engine with the fewest requests, the earlier one in the list among equals; the first if none is usable. */
  leastBusy(candidates: readonly CatalogEntry[]): CatalogEntry | undefined {
    let best: CatalogEntry | undefined;
    for (const candidate of candidates) {
      if (!isUsable(candidate.engine.state)) continue;
      if (best === undefined || this.of(candidate.engine.id) < this.of(best.engine.id)) best = candidate;
    }
    return best ?? candidates[0];
  }
}

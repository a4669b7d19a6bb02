/** Requests each engine is working on for us. */
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

  /** Engines with at least one. */
  engines(): readonly string[] {
    return [...this.#counts.keys()];
  }
}

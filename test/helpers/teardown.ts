/**
 * Ends what a test started, and only that: a `before` that fails half-way leaves the rest undefined, and an `after` that
 * trips over it would leave servers and editors running, and with them the test run.
 */
export class Teardown {
  readonly #ends: (() => unknown)[] = [];

  /** Answers what it was given, so that it can stand around whatever starts something. */
  add<T extends { stop(): unknown }>(started: T): T {
    this.call(() => started.stop());
    return started;
  }

  call(end: () => unknown): void {
    this.#ends.push(end);
  }

  /** Ends everything, what was started last first, also when some of it fails; then rejects with the first failure. */
  async run(): Promise<void> {
    const failures: unknown[] = [];
    for (const end of this.#ends.splice(0).reverse()) {
      try {
        await end();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }
}

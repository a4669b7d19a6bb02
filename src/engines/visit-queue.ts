/**
 * Runs at most one visit per address at a time. Who asks during a visit joins it; who asks for a full look then gets
 * one right after it, so that a look is never older than the wish for it.
 */
export class VisitQueue {
  readonly #visit: (url: string, isForced: boolean) => Promise<void>;
  readonly #onError: (url: string, error: unknown) => void;
  readonly #running = new Map<string, Promise<void>>();
  readonly #forced = new Set<string>();

  /** `visit` may fail; that is told to `onError` and ends nothing else. */
  constructor(
    visit: (url: string, isForced: boolean) => Promise<void>,
    onError: (url: string, error: unknown) => void,
  ) {
    this.#visit = visit;
    this.#onError = onError;
  }

  isRunning(url: string): boolean {
    return this.#running.has(url);
  }

  /** Settles, never rejecting, when the visit asked for has ended. */
  run(url: string, isForced: boolean): Promise<void> {
    if (isForced) this.#forced.add(url);
    const running = this.#running.get(url);
    if (running !== undefined) return running;
    const visit = Promise.resolve().then(() => this.#untilDone(url));
    this.#running.set(url, visit);
    return visit;
  }

  async #untilDone(url: string): Promise<void> {
    try {
      do await this.#visit(url, this.#forced.delete(url));
      while (this.#forced.has(url));
    } catch (error) {
      this.#onError(url, error);
    } finally {
      // In the same turn as the last look at #forced: whoever asks from now on starts a visit of their own.
      this.#running.delete(url);
      this.#forced.delete(url);
    }
  }
}

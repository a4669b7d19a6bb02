import type { LlamaServerScript } from './llama-server-models';

interface Waiting {
  readonly run: () => void;
}

/** The slots of a llama-server: at most so many generations at once, the others wait in line. */
export class LlamaSlots {
  readonly #busy = new Map<number, { isStream: boolean; task: number }>();
  readonly #queue: Waiting[] = [];
  #tasks = 0;

  get busyCount(): number {
    return this.#busy.size;
  }

  get queued(): number {
    return this.#queue.length;
  }

  /** Some other request is being streamed. */
  streamsBesides(slot: number): boolean {
    return [...this.#busy].some(([id, work]) => id !== slot && work.isStream);
  }

  /** Waits for a free slot; undefined when `signal` aborted first. Give it back with {@link release}. */
  async acquire(
    script: Readonly<LlamaServerScript>,
    isStream: boolean,
    signal: AbortSignal,
  ): Promise<number | undefined> {
    const count = script.slots ?? 2;
    for (;;) {
      if (signal.aborted) return undefined;
      for (let slot = 0; slot < count; slot += 1) {
        if (this.#busy.has(slot)) continue;
        this.#tasks += 1;
        this.#busy.set(slot, { isStream, task: this.#tasks });
        return slot;
      }
      await new Promise<void>((resolve) => {
        const waiting = { run: resolve };
        this.#queue.push(waiting);
        signal.addEventListener('abort', () => {
          const at = this.#queue.indexOf(waiting);
          if (at >= 0) this.#queue.splice(at, 1);
          resolve();
        });
      });
    }
  }

  release(slot: number): void {
    this.#busy.delete(slot);
    this.#queue.shift()?.run();
  }

  /** `GET /slots`. */
  describe(script: Readonly<LlamaServerScript>): object[] {
    return Array.from({ length: script.slots ?? 2 }, (_, id) => {
      const work = this.#busy.get(id);
      return {
        id,
        n_ctx: script.model.contextLength ?? 8192,
        speculative: false,
        is_processing: work !== undefined,
        ...(work ? { id_task: work.task } : {}),
      };
    });
  }
}

import type { Clock } from '../../core/clock';

/** Conversations remembered; the one used longest ago gives way. */
const maxConversations = 4096;

/** An engine's prompt cache rarely outlives this: Ollama unloads after 5 minutes, llama-server's slots are reused. */
const ttlMs = 30 * 60_000;

interface Stay {
  readonly engineId: string;
  readonly until: number;
}

/** Which engine a conversation was last at, so that its next turn finds the prompt cache warm. */
export class StickyEngines {
  readonly #clock: Clock;
  readonly #stays = new Map<string, Stay>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get size(): number {
    return this.#stays.size;
  }

  engineOf(conversation: string): string | undefined {
    const stay = this.#stays.get(conversation);
    if (stay === undefined) return undefined;
    if (stay.until > this.#clock.monotonic()) return stay.engineId;
    this.#stays.delete(conversation);
    return undefined;
  }

  remember(conversation: string, engineId: string): void {
    this.#stays.delete(conversation);
    if (this.#stays.size >= maxConversations) this.#stays.delete(this.#stays.keys().next().value as string);
    this.#stays.set(conversation, { engineId, until: this.#clock.monotonic() + ttlMs }); // last in the map: used last
  }
}

import type { Memory } from '../memory';

const name = 'flm.languageModelsUsed';

/**
 * Remembers that somebody has chatted with a model of FLM in VS Code: from then on the models are there in every window,
 * while a user who never did pays nothing for them.
 */
export class UsageMemory {
  readonly #memory: Memory;

  constructor(memory: Memory) {
    this.#memory = memory;
  }

  wasUsed(): boolean {
    return this.#memory.get<unknown>(name, false) === true;
  }

  async note(): Promise<void> {
    if (!this.wasUsed()) await this.#memory.update(name, true);
  }
}

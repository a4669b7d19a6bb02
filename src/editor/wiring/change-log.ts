import type { Memory } from '../memory';
import type { FileChange } from './config-file';

const name = 'flm.toolChanges';
/** Older ones still have their backup beside the file. */
const maxChanges = 20;

/** One set-up of a tool that can be taken back. */
export interface ToolChange extends FileChange {
  readonly tool: string;
  /** Id of the key the tool was given. */
  readonly keyId: string;
  /** Epoch ms. */
  readonly at: number;
}

/** What FLM wrote into other tools' files, newest first, across windows and restarts. */
export class ChangeLog {
  readonly #memory: Memory;

  constructor(memory: Memory) {
    this.#memory = memory;
  }

  list(): readonly ToolChange[] {
    const stored = this.#memory.get<unknown>(name, []);
    return Array.isArray(stored) ? stored.filter(isToolChange) : [];
  }

  async add(change: ToolChange): Promise<void> {
    await this.#memory.update(name, [change, ...this.list()].slice(0, maxChanges));
  }

  async remove(change: ToolChange): Promise<void> {
    const others = this.list().filter(({ path, at }) => path !== change.path || at !== change.at);
    await this.#memory.update(name, others);
  }
}

function isToolChange(value: unknown): value is ToolChange {
  if (typeof value !== 'object' || value === null) return false;
  const { tool, keyId, at, path, written, backup } = value as Record<string, unknown>;
  const texts = [tool, keyId, path, written];
  return texts.every((text) => typeof text === 'string') && typeof at === 'number' && isTextOrNothing(backup);
}

function isTextOrNothing(value: unknown): boolean {
  return value === undefined || typeof value === 'string';
}

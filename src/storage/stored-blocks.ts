import type { AllowEntry, Block, BlockStore } from '../core/block';
import type { RecordSink } from './record-sink';

/** Blocks and the allowlist, in memory and in the journal. Promises resolve once the change is on the disk. */
export class StoredBlocks implements BlockStore {
  readonly #sink: RecordSink;
  readonly #blocks = new Map<string, Block>();
  readonly #allowed = new Map<string, AllowEntry>();

  constructor(sink: RecordSink) {
    this.#sink = sink;
  }

  load(blocks: readonly Block[], allowed: readonly AllowEntry[]): void {
    for (const block of blocks) this.#blocks.set(block.range, block);
    for (const entry of allowed) this.#allowed.set(entry.range, entry);
  }

  loadBlocks(): readonly Block[] {
    return [...this.#blocks.values()];
  }

  loadAllowed(): readonly AllowEntry[] {
    return [...this.#allowed.values()];
  }

  putBlock(block: Block): Promise<void> {
    this.#blocks.set(block.range, block);
    this.#sink.append('b', block);
    return this.#sink.durable();
  }

  removeBlock(range: string): Promise<void> {
    this.#blocks.delete(range);
    this.#sink.append('bd', { range });
    return this.#sink.durable();
  }

  putAllowed(entry: AllowEntry): Promise<void> {
    this.#allowed.set(entry.range, entry);
    this.#sink.append('w', entry);
    return this.#sink.durable();
  }

  removeAllowed(range: string): Promise<void> {
    this.#allowed.delete(range);
    this.#sink.append('wd', { range });
    return this.#sink.durable();
  }
}

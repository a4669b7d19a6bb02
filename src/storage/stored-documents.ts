import type { Clock } from '../core/clock';
import type { StoredDocument } from './journal-entry';
import type { RecordSink } from './record-sink';

/** Small named JSON values, the security policy above all. Promises resolve once the change is on the disk. */
export class StoredDocuments {
  readonly #sink: RecordSink;
  readonly #clock: Clock;
  readonly #documents = new Map<string, StoredDocument>();

  constructor(sink: RecordSink, clock: Clock) {
    this.#sink = sink;
    this.#clock = clock;
  }

  load(documents: readonly StoredDocument[]): void {
    for (const document of documents) this.#documents.set(document.name, document);
  }

  /** As it was put; whoever reads it checks its shape. */
  get(name: string): StoredDocument | undefined {
    return this.#documents.get(name);
  }

  /** Those whose names begin so. */
  withPrefix(prefix: string): readonly StoredDocument[] {
    return [...this.#documents.values()].filter(({ name }) => name.startsWith(prefix));
  }

  put(name: string, value: unknown): Promise<void> {
    const document = { name, value, updatedAt: this.#clock.now() };
    this.#documents.set(name, document);
    this.#sink.append('d', document);
    return this.#sink.durable();
  }

  remove(name: string): Promise<void> {
    this.#documents.delete(name);
    this.#sink.append('dd', { name });
    return this.#sink.durable();
  }
}

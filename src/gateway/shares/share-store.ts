import type { Share } from '../../core/share';
import { parseShare } from './share-record';

/** Small named JSON values that survive; `put` and `remove` resolve when the disk has it. */
export interface Documents {
  withPrefix(prefix: string): readonly { readonly name: string; readonly value: unknown }[];
  put(name: string, value: unknown): Promise<void>;
  remove(name: string): Promise<void>;
}

const prefix = 'share:';
const byAge = (a: Share, b: Share): number => b.createdAt - a.createdAt || a.id.localeCompare(b.id);

/** The shares, in memory and each as a document of its own. */
export class ShareStore {
  readonly #documents: Documents;
  readonly #shares = new Map<string, Share>();
  readonly #sharedKeys = new Set<string>();

  constructor(documents: Documents) {
    this.#documents = documents;
  }

  /** Reads what is stored. Answers the names of documents that are no shares. */
  load(): readonly string[] {
    const unreadable: string[] = [];
    for (const { name, value } of this.#documents.withPrefix(prefix)) {
      const share = parseShare(value);
      if (share === undefined || name !== prefix + share.id) unreadable.push(name);
      else this.#set(share);
    }
    return unreadable;
  }

  get(id: string): Share | undefined {
    return this.#shares.get(id);
  }

  /** Whether a running share has this key. Asked with every request. */
  isShared(keyId: string): boolean {
    return this.#sharedKeys.has(keyId);
  }

  /** Newest first. */
  running(): readonly Share[] {
    return this.#all().filter(({ endedAt }) => endedAt === undefined);
  }

  /** The one that ended last first. */
  ended(): readonly Share[] {
    const ended = this.#all().filter(({ endedAt }) => endedAt !== undefined);
    return ended.sort((a, b) => (b.endedAt ?? 0) - (a.endedAt ?? 0));
  }

  /** In force at once; resolves when it is stored. */
  async put(share: Share): Promise<void> {
    this.#set(share);
    await this.#documents.put(prefix + share.id, share);
  }

  async remove(id: string): Promise<void> {
    this.#sharedKeys.delete(this.#shares.get(id)?.keyId ?? '');
    this.#shares.delete(id);
    await this.#documents.remove(prefix + id);
  }

  #set(share: Share): void {
    this.#shares.set(share.id, share);
    if (share.endedAt === undefined) this.#sharedKeys.add(share.keyId);
    else this.#sharedKeys.delete(share.keyId);
  }

  #all(): Share[] {
    return [...this.#shares.values()].sort(byAge);
  }
}

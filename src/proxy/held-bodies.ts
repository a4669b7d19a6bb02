import { KeyedCount } from '../core/keyed-count';
import type { Exchange } from './exchange';

/** Of a request: whose it is, and whether it is over. */
type Holder = Pick<Exchange, 'identity' | 'isClosed'>;

const mebi = 1024 * 1024;

/** Of request bodies in memory: of all callers together, and of one key's. Whoever's one body is larger may have that. */
export const maxHeldBytes = 1024 * mebi;
export const maxHeldBytesPerKey = 256 * mebi;

/**
 * Counts the bodies of requests that are in memory. Threat: bodies are read before a request waits for its slot, so that
 * who may run one at a time could still send hundreds, and the editor's extension host would be out of memory. What
 * came together with the head of its request is too small to be counted.
 */
export class HeldBodies {
  readonly #held = new Map<Holder, number>(); // bounded by the connections
  readonly #perKey = new KeyedCount(); // bounded by the keys
  readonly #maxBytes: number;
  readonly #maxPerKey: number;
  #total = 0;

  constructor(maxBytes = maxHeldBytes, maxPerKey = maxHeldBytesPerKey) {
    this.#maxBytes = maxBytes;
    this.#maxPerKey = maxPerKey;
  }

  /** Counts further bytes of a request's body; false: there is no room for them. */
  take(exchange: Holder, bytes: number, maxBodyBytes: number): boolean {
    if (exchange.isClosed) return false; // nobody would give it back
    const keyId = keyOf(exchange);
    const ofKey = keyId === undefined ? 0 : this.#perKey.of(keyId) + bytes;
    if (this.#total + bytes > Math.max(this.#maxBytes, maxBodyBytes)) return false;
    if (ofKey > Math.max(this.#maxPerKey, maxBodyBytes)) return false;
    this.#total += bytes;
    if (keyId !== undefined) this.#perKey.add(keyId, bytes);
    this.#held.set(exchange, (this.#held.get(exchange) ?? 0) + bytes);
    return true;
  }

  /** The request is over. */
  release(exchange: Holder): void {
    const bytes = this.#held.get(exchange);
    if (bytes === undefined) return;
    this.#held.delete(exchange);
    this.#total -= bytes;
    const keyId = keyOf(exchange);
    if (keyId !== undefined) this.#perKey.remove(keyId, bytes);
  }
}

function keyOf({ identity }: Holder): string | undefined {
  return identity?.type === 'key' ? identity.keyId : undefined;
}

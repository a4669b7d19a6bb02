import type { Clock } from '../core/clock';

interface Slot<V> {
  value: V;
  usedAt: number;
}

export interface BoundedMapOptions<V> {
  /** Entries kept at most. */
  readonly maxEntries: number;
  /** Entries untouched for longer are forgotten. */
  readonly ttlMs: number;
  /** Entries to be kept as long as there are others to evict. */
  readonly isPrecious?: (value: V) => boolean;
}

/** How many of the oldest are asked before a precious one goes. */
const EVICTION_LOOKS = 16;

/**
 * Least-recently-used map with an age limit: what remembers strangers must not grow with their number. Reading counts
 * as use. All operations are constant.
 */
export class BoundedMap<K, V> {
  readonly #options: BoundedMapOptions<V>;
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #slots = new Map<K, Slot<V>>();
  /** At the end of the map, or no longer in it. */
  #last: Slot<V> | undefined;

  constructor(options: BoundedMapOptions<V>, clock: Pick<Clock, 'monotonic'>) {
    this.#options = options;
    this.#clock = clock;
  }

  get size(): number {
    return this.#slots.size;
  }

  get(key: K): V | undefined {
    const slot = this.#slots.get(key);
    if (slot === undefined) return undefined;
    const now = this.#clock.monotonic();
    if (now - slot.usedAt > this.#options.ttlMs) {
      this.#slots.delete(key);
      return undefined;
    }
    slot.usedAt = now;
    // Who asked last is at the end already: one client's burst moves nothing
    if (this.#last !== slot) {
      this.#slots.delete(key);
      this.#slots.set(key, slot);
      this.#last = slot;
    }
    return slot.value;
  }

  set(key: K, value: V): void {
    this.#slots.delete(key);
    this.#last = { value, usedAt: this.#clock.monotonic() };
    this.#slots.set(key, this.#last);
    if (this.#slots.size > this.#options.maxEntries) this.#evict();
  }

  getOrCreate(key: K, create: () => V): V {
    const known = this.get(key);
    if (known !== undefined) return known;
    const value = create();
    this.set(key, value);
    return value;
  }

  delete(key: K): boolean {
    return this.#slots.delete(key);
  }

  clear(): void {
    this.#slots.clear();
  }

  keys(): IterableIterator<K> {
    return this.#slots.keys();
  }

  #evict(): void {
    const { isPrecious } = this.#options;
    let oldest: K | undefined;
    let looked = 0;
    for (const [key, slot] of this.#slots) {
      oldest ??= key;
      if (isPrecious?.(slot.value) !== true) {
        this.#slots.delete(key);
        return;
      }
      if (++looked >= EVICTION_LOOKS) break;
    }
    if (oldest !== undefined) this.#slots.delete(oldest);
  }
}

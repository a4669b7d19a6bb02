import type { EngineKeys } from '../core/upstream';

/** Engines with a key. More is a mistake or an attack; the oldest is dropped. */
const maxKeys = 256;

/** API keys of engines, in memory only. Every window pushes those its SecretStorage holds. */
export class EngineKeyRing implements EngineKeys {
  readonly #keys = new Map<string, string>();

  get(baseUrl: string): string | undefined {
    // Asked for every request: reading a URL takes 2 µs
    return this.#keys.size === 0 ? undefined : (this.#keys.get(baseUrl) ?? this.#keys.get(normalize(baseUrl)));
  }

  /** Undefined forgets it. True: this was news. */
  set(baseUrl: string, key: string | undefined): boolean {
    const name = normalize(baseUrl);
    if (this.#keys.get(name) === key) return false;
    this.#keys.delete(name);
    if (key !== undefined) this.#keys.set(name, key);
    const [oldest] = this.#keys.keys();
    if (this.#keys.size > maxKeys && oldest !== undefined) this.#keys.delete(oldest);
    return true;
  }
}

function normalize(baseUrl: string): string {
  try {
    return new URL(baseUrl).href.replace(/\/+$/, '');
  } catch {
    return baseUrl.trim().replace(/\/+$/, '');
  }
}

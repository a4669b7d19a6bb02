import type { Engine } from '../../core/engine';
import type { EngineCache } from '../gateway-ports';

/** The part of the storage that remembers engines. */
export interface EngineStore {
  readonly engines: { readonly engines: readonly unknown[] } | undefined;
  saveEngines(engines: readonly Engine[]): Promise<void>;
}

/** Engines in the database. What an older FLM stored in another shape is left out rather than believed. */
export class StoredEngineCache implements EngineCache {
  readonly #store: EngineStore;
  #saved = '';

  constructor(store: EngineStore) {
    this.#store = store;
  }

  load(): Promise<readonly Engine[]> {
    return Promise.resolve((this.#store.engines?.engines ?? []).filter(looksLikeEngine));
  }

  async save(engines: readonly Engine[]): Promise<void> {
    const text = JSON.stringify(engines);
    if (text === this.#saved) return;
    this.#saved = text;
    await this.#store.saveEngines(engines);
  }
}

function looksLikeEngine(value: unknown): value is Engine {
  if (typeof value !== 'object' || value === null) return false;
  const engine = value as Partial<Record<keyof Engine, unknown>>;
  const texts = [engine.id, engine.kind, engine.name, engine.baseUrl, engine.source, engine.state];
  const hasReason = typeof engine.reason === 'object' && engine.reason !== null;
  return texts.every((text) => typeof text === 'string') && Array.isArray(engine.models) && hasReason;
}

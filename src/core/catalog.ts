import type { Engine } from './engine';
import type { Model } from './model';

/** One line of the published model list. */
export interface CatalogEntry {
  /** Canonical id, `engine/model`. */
  readonly id: string;
  readonly engine: Engine;
  readonly model: Model;
}

/** What a requested model name means now. */
export type Resolution =
  | {
      readonly ok: true;
      /** Never empty; more than one when a bare id is offered by several engines. Usable engines first. */
      readonly candidates: readonly CatalogEntry[];
    }
  | { readonly ok: false; readonly code: 'model_not_found' | 'model_missing'; readonly suggestions: readonly string[] };

/**
 * The published models over all engines, as the proxy sees them.
 *
 * Reads are synchronous and answer from memory: they cost microseconds and never wait for an engine.
 */
export interface Catalog {
  /** Every model of every engine that is not hidden, canonical ids, stable order. */
  list(): readonly CatalogEntry[];
  /**
   * Resolves, in this order: an alias of the settings; `flm://engine/model`; `engine/model`; a bare id (balanced over
   * all engines that have it). Ollama's implied `:latest` is understood, there or missing. An empty or absent name means
   * the default model of the settings.
   */
  resolve(name: string | undefined): Resolution;
}

import type { CatalogEntry } from '../../../core/catalog';

/** Ollama alone speaks its native API; llama-server's old look-alike of it had no chat worth the name (ENGINES 2.2). */
export function ollamaPath(path: string): (entry: CatalogEntry) => string | undefined {
  return ({ engine }) => (engine.kind === 'ollama' ? path : undefined);
}

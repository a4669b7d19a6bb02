import type { Catalog, CatalogEntry } from '../../../core/catalog';
import type { CanUse } from '../../model-list';

const impliedTag = ':latest';

/**
 * The model a name means to Ollama's clients: what inference requests understand, and the same without `:latest`, which
 * some clients put behind every name that has no tag. What the caller may not use is not there.
 */
export function findShown(catalog: Catalog, name: string, canUse: CanUse): CatalogEntry | undefined {
  const names = name.endsWith(impliedTag) ? [name, name.slice(0, -impliedTag.length)] : [name];
  for (const each of names) {
    if (each === '') continue;
    const resolution = catalog.resolve(each);
    const usable = resolution.ok ? resolution.candidates.find(({ id }) => canUse(id)) : undefined;
    if (usable !== undefined) return usable;
  }
  return undefined;
}

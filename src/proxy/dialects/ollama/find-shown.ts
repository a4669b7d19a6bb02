import type { Catalog, CatalogEntry } from '../../../core/catalog';
import type { CanUse } from '../../model-list';

/** The model a name means, as inference requests understand it. What the caller may not use is not there. */
export function findShown(catalog: Catalog, name: string, canUse: CanUse): CatalogEntry | undefined {
  const resolution = catalog.resolve(name);
  return resolution.ok ? resolution.candidates.find(({ id }) => canUse(id)) : undefined;
}

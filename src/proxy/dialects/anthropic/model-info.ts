import type { Catalog, CatalogEntry } from '../../../core/catalog';
import { usableContext } from '../../../core/model';
import { findEntry, visibleEntries, type CanUse } from '../../model-list';
import type { JsonObject } from '../../repairs/json-object';

/**
 * The model list as Anthropic's clients read it (https://docs.anthropic.com/en/api/models-list): always one page, since
 * the list is in memory and short.
 */
export function listModelInfo(catalog: Catalog, canUse: CanUse | undefined): JsonObject {
  const data = visibleEntries(catalog, canUse).map(modelInfo);
  return { data, has_more: false, first_id: data[0]?.id ?? null, last_id: data.at(-1)?.id ?? null };
}

export function findModelInfo(catalog: Catalog, encodedId: string, canUse: CanUse | undefined): JsonObject | undefined {
  const entry = findEntry(catalog, encodedId, canUse);
  return entry && modelInfo(entry);
}

function modelInfo({ id, engine, model }: CatalogEntry) {
  return {
    type: 'model',
    id,
    display_name: `${model.displayName ?? model.id} (${engine.name})`,
    created_at: new Date((model.created ?? 0) * 1000).toISOString(),
    max_input_tokens: usableContext(model) ?? null,
    max_tokens: null,
    capabilities: null,
    lifecycle: 'active',
    line: null,
    deprecated_at: null,
    retires_at: null,
  };
}

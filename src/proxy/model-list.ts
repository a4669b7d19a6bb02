import type { Catalog, CatalogEntry } from '../core/catalog';
import { usableContext } from '../core/model';

/** One model as `GET /v1/models` tells it: OpenAI's four members, and further ones that clients skip or use. */
export interface ListedModel {
  readonly id: string;
  readonly object: 'model';
  /** Epoch seconds; 0 where the engine does not tell, because it must not change from call to call. */
  readonly created: number;
  readonly owned_by: string;
  readonly engine: string;
  readonly name: string;
  readonly capabilities: readonly string[];
  readonly context_length?: number;
  readonly max_context_length?: number;
  readonly loaded?: boolean;
  readonly size_bytes?: number;
  readonly parameters?: string;
  readonly quantization?: string;
  readonly family?: string;
}

/** Which models a caller may see, by canonical id. */
export type CanUse = (canonicalModelId: string) => boolean;
const everyModel: CanUse = () => true;

export function listModels(
  catalog: Catalog,
  canUse: CanUse = everyModel,
): { object: 'list'; data: readonly ListedModel[] } {
  return { object: 'list', data: visibleEntries(catalog, canUse).map(listed) };
}

export function visibleEntries(catalog: Catalog, canUse: CanUse = everyModel): readonly CatalogEntry[] {
  return catalog.list().filter(({ id }) => canUse(id));
}

/**
 * The model a request target asks for: an id with its slashes as they are or percent-encoded. Exact ids first, then all
 * that inference requests understand (aliases, bare ids). What the caller may not use is not there.
 */
export function findModel(catalog: Catalog, encodedId: string, canUse?: CanUse): ListedModel | undefined {
  const entry = findEntry(catalog, encodedId, canUse);
  return entry && listed(entry);
}

export function findEntry(catalog: Catalog, encodedId: string, canUse: CanUse = everyModel): CatalogEntry | undefined {
  for (const id of [encodedId, decoded(encodedId)]) {
    if (id === undefined || id === '') continue;
    const exact = catalog.list().find((entry) => entry.id === id && canUse(entry.id));
    if (exact !== undefined) return exact;
    const resolution = catalog.resolve(id);
    const usable = resolution.ok ? resolution.candidates.find((entry) => canUse(entry.id)) : undefined;
    if (usable !== undefined) return usable;
  }
  return undefined;
}

function listed({ id, engine, model }: CatalogEntry): ListedModel {
  const context = usableContext(model);
  return {
    id,
    object: 'model',
    created: model.created ?? 0,
    owned_by: engine.id,
    engine: engine.kind,
    name: model.displayName ?? model.id,
    capabilities: model.capabilities,
    ...(context !== undefined && { context_length: context }),
    ...(model.contextMax !== undefined && { max_context_length: model.contextMax }),
    ...(model.isLoaded !== undefined && { loaded: model.isLoaded }),
    ...(model.sizeBytes !== undefined && { size_bytes: model.sizeBytes }),
    ...(model.parameters !== undefined && { parameters: model.parameters }),
    ...(model.quantization !== undefined && { quantization: model.quantization }),
    ...(model.family !== undefined && { family: model.family }),
  };
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

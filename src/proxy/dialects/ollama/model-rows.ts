import { createHash } from 'node:crypto';
import type { Catalog, CatalogEntry } from '../../../core/catalog';
import type { Capability, Model } from '../../../core/model';
import type { CanUse } from '../../model-list';
import type { JsonObject } from '../../repairs/json-object';

/**
 * The version of Ollama's API that these routes speak. Clients ask for a least version (VS Code's own Ollama support:
 * 0.6.4) whatever engines stand behind FLM.
 */
export const ollamaApiVersion = '0.32.15';

/** Go's zero time, Ollama's own way to say that a time is not known. */
const unknownTime = '0001-01-01T00:00:00Z';

/** Ollama tells a model that stays loaded by a time centuries away. */
const never = '2318-01-01T00:00:00Z';

/** FLM's capabilities by Ollama's names (types/model/capability.go). */
const ollamaNames: Partial<Record<Capability, string>> = {
  chat: 'completion',
  completion: 'completion',
  tools: 'tools',
  fim: 'insert',
  vision: 'vision',
  embeddings: 'embedding',
  thinking: 'thinking',
  audio: 'audio',
};

/** `GET /api/tags`: every model the caller may use, under its canonical id. */
export function tags(catalog: Catalog, canUse: CanUse): { readonly models: readonly JsonObject[] } {
  return { models: visible(catalog, canUse).map((entry) => ({ ...row(entry), ...capabilityMember(entry.model) })) };
}

/** `GET /api/ps`: those in memory now. */
export function running(catalog: Catalog, canUse: CanUse): { readonly models: readonly JsonObject[] } {
  const loaded = visible(catalog, canUse).filter(({ model }) => model.isLoaded === true);
  return {
    models: loaded.map((entry) => {
      const { expiresAt, vramBytes, contextLoaded } = entry.model;
      return {
        ...row(entry),
        expires_at: isoTime(expiresAt) ?? never,
        size_vram: vramBytes ?? 0,
        ...(contextLoaded === undefined ? {} : { context_length: contextLoaded }),
      };
    }),
  };
}

/** `POST /api/show`: what is known of one model. What engines do not tell (template, license) is empty. */
export function show(entry: CatalogEntry): JsonObject {
  const { id, model } = entry;
  const architecture = model.family ?? 'unknown';
  const context = contextOf(entry);
  const canFill = model.capabilities.includes('fim');
  return {
    modelfile: `# ${id}: served by ${entry.engine.name} through FLM\nFROM ${id}\n`,
    parameters: model.contextLoaded === undefined ? '' : `num_ctx ${model.contextLoaded}`,
    // Clients tell from it whether a model fills in the middle (Continue looks for `.Suffix`)
    template: canFill ? '{{ .Prompt }}{{ .Suffix }}' : '{{ .Prompt }}',
    details: detailsOf(entry),
    model_info: {
      'general.architecture': architecture,
      'general.basename': model.displayName ?? model.id,
      ...parameterCount(model.parameters),
      ...(context === undefined ? {} : { [`${architecture}.context_length`]: context }),
      ...(model.embeddingLength === undefined ? {} : { [`${architecture}.embedding_length`]: model.embeddingLength }),
    },
    capabilities: capabilitiesOf(model),
    modified_at: modifiedAt(model),
  };
}

function visible(catalog: Catalog, canUse: CanUse): readonly CatalogEntry[] {
  return catalog.list().filter(({ id }) => canUse(id));
}

function row(entry: CatalogEntry): JsonObject {
  const { id, model } = entry;
  return {
    name: id,
    model: id,
    modified_at: modifiedAt(model),
    size: model.sizeBytes ?? 0,
    digest: digestOf(entry),
    details: detailsOf(entry),
  };
}

function detailsOf(entry: CatalogEntry): JsonObject {
  const { model } = entry;
  const context = contextOf(entry);
  return {
    parent_model: model.parent ?? '',
    format: model.format ?? '',
    family: model.family ?? '',
    families: model.family === undefined ? [] : [model.family],
    parameter_size: model.parameters ?? '',
    quantization_level: model.quantization ?? '',
    ...(context === undefined ? {} : { context_length: context }),
    ...(model.embeddingLength === undefined ? {} : { embedding_length: model.embeddingLength }),
  };
}

/** Ollama gives a model the context that a request asks for; elsewhere what it was started with is all there is. */
function contextOf({ engine, model }: CatalogEntry): number | undefined {
  return engine.kind === 'ollama'
    ? (model.contextMax ?? model.contextLoaded)
    : (model.contextLoaded ?? model.contextMax);
}

function capabilityMember(model: Model): JsonObject {
  const names = capabilitiesOf(model);
  return names.length === 0 ? {} : { capabilities: names };
}

function capabilitiesOf({ capabilities }: Model): readonly string[] {
  return [...new Set(capabilities.flatMap((capability) => ollamaNames[capability] ?? []))];
}

function modifiedAt({ created }: Model): string {
  return isoTime(created === undefined ? undefined : created * 1000) ?? unknownTime;
}

/** Undefined also for a number that is no time: engines say what they like. */
function isoTime(epochMs: number | undefined): string | undefined {
  const date = new Date(epochMs ?? NaN);
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}

/** Stands for the model, not for its bytes, which FLM never sees. Clients cut it, so it must be as long as a real one. */
function digestOf({ id, model }: CatalogEntry): string {
  return createHash('sha256')
    .update(`${id} ${model.created ?? ''}`)
    .digest('hex');
}

/** `8.2B` → 8200000000. */
function parameterCount(parameters: string | undefined): JsonObject {
  const told = /^([\d.]{1,12})([KMBT])$/.exec(parameters ?? '');
  if (told === null) return {};
  const unit = { K: 1e3, M: 1e6, B: 1e9, T: 1e12 }[told[2] as 'K' | 'M' | 'B' | 'T'];
  const count = Math.round(Number(told[1]) * unit);
  return Number.isSafeInteger(count) ? { 'general.parameter_count': count } : {};
}

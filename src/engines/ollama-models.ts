import type { Capability, ExpectedContext, Model } from '../core/model';
import { arrayOf, compact, countOf, objectOf, textOf, textsOf, type JsonObject } from './json';
import { modelIdOf, uniqueModels } from './model-list';
import { numCtxOf } from './ollama-context';
import { capabilitiesFromName, isSystemFirstName } from './model-names';

/** One row of `/api/tags`, with what is needed to ask `/api/show` for the rest. */
export interface OllamaTag {
  readonly model: Model;
  readonly digest?: string;
  /** Capabilities and context were in the row; older versions tell them in `/api/show` only. */
  readonly isComplete: boolean;
}

/** One loaded model of `/api/ps`. */
export interface OllamaRunning {
  readonly id: string;
  readonly contextLoaded?: number;
  readonly vramBytes?: number;
  readonly expiresAt?: number;
}

/** Ollama's capability names (types/model/capability.go) → FLM's. `image` (making pictures) has no counterpart. */
const capabilityNames: Readonly<Record<string, readonly Capability[]>> = {
  completion: ['chat', 'completion'],
  tools: ['tools'],
  insert: ['fim'],
  vision: ['vision'],
  embedding: ['embeddings'],
  thinking: ['thinking'],
  audio: ['audio'],
};

function ollamaCapabilities(value: unknown): readonly Capability[] | undefined {
  const names = textsOf(value, 40);
  if (names.length === 0) return undefined;
  const known = names.flatMap((name) => (Object.hasOwn(capabilityNames, name) ? (capabilityNames[name] ?? []) : []));
  return [...new Set(known)];
}

/** `GET /api/tags`. Undefined when the body is not that list; `models: null` counts as an empty one. */
export function parseOllamaTags(body: unknown): readonly OllamaTag[] | undefined {
  const list = objectOf(body);
  if (list === undefined) return undefined;
  const rows = list.models === null ? [] : arrayOf(list.models);
  if (rows === undefined) return undefined;
  const tags = rows.flatMap((row) => parseTag(objectOf(row)) ?? []);
  const byId = new Map(tags.map((tag) => [tag.model.id, tag]));
  return uniqueModels(tags.map((tag) => tag.model)).flatMap((model) => byId.get(model.id) ?? []);
}

function parseTag(row: JsonObject | undefined): OllamaTag | undefined {
  const id = modelIdOf(row?.model) ?? modelIdOf(row?.name);
  if (row === undefined || id === undefined) return undefined;
  const details = objectOf(row.details);
  const family = textOf(details?.family, 80);
  const told = ollamaCapabilities(row.capabilities);
  const contextMax = countOf(details?.context_length);
  const isCloud = textOf(row.remote_host, 1024) !== undefined || textOf(row.remote_model, 1024) !== undefined;
  const model: Model = compact({
    id,
    capabilities: told ?? capabilitiesFromName(`${id} ${family ?? ''}`),
    contextMax,
    sizeBytes: isCloud ? undefined : countOf(row.size),
    parameters: textOf(details?.parameter_size, 40),
    quantization: textOf(details?.quantization_level, 40),
    family,
    format: textOf(details?.format, 40),
    embeddingLength: countOf(details?.embedding_length),
    isSystemFirst: isSystemFirstName(`${id} ${family ?? ''}`) ? true : undefined,
    isCloud: isCloud ? true : undefined,
    created: epochSeconds(row.modified_at),
  });
  return compact({
    model,
    digest: textOf(row.digest, 128),
    isComplete: isCloud || (told !== undefined && contextMax !== undefined),
  });
}

/** What `POST /api/show` adds to a row. Members it does not tell are absent. */
export function parseOllamaShow(
  body: unknown,
): Partial<Pick<Model, 'capabilities' | 'contextMax' | 'contextExpected' | 'embeddingLength'>> {
  const fields = objectOf(body);
  const info = objectOf(fields?.model_info);
  const numCtx = numCtxOf(fields?.parameters);
  const architecture = textOf(info?.['general.architecture'], 80);
  const told = (name: string) => (architecture === undefined ? undefined : countOf(info?.[`${architecture}.${name}`]));
  return compact({
    capabilities: ollamaCapabilities(fields?.capabilities),
    contextMax: told('context_length'),
    contextExpected:
      numCtx === undefined ? undefined : ({ tokens: numCtx, from: 'parameters' } satisfies ExpectedContext),
    embeddingLength: told('embedding_length'),
  });
}

/** `GET /api/ps`. Undefined when the body is not that list. */
export function parseOllamaPs(body: unknown): readonly OllamaRunning[] | undefined {
  const list = objectOf(body);
  if (list === undefined) return undefined;
  const rows = list.models === null ? [] : arrayOf(list.models);
  return rows?.flatMap((item) => {
    const row = objectOf(item);
    const id = modelIdOf(row?.model) ?? modelIdOf(row?.name);
    if (row === undefined || id === undefined) return [];
    const seconds = epochSeconds(row.expires_at);
    return [
      compact({
        id,
        contextLoaded: countOf(row.context_length),
        vramBytes: countOf(row.size_vram),
        expiresAt: seconds === undefined ? undefined : seconds * 1000,
      }),
    ];
  });
}

/** The models with what is in memory now. Cloud models are never in this machine's memory. */
export function withRunning(models: readonly Model[], running: readonly OllamaRunning[]): readonly Model[] {
  const byId = new Map(running.map((entry) => [entry.id, entry]));
  return models.map((model) => {
    const running = model.isCloud === true ? undefined : byId.get(model.id);
    return compact({
      ...model,
      isLoaded: model.isCloud === true ? undefined : running !== undefined,
      contextLoaded: running?.contextLoaded,
      vramBytes: running?.vramBytes,
      expiresAt: running?.expiresAt,
    });
  });
}

/** Go's RFC 3339 with nanoseconds. Undefined for its zero time (year 1) and anything unreadable. */
function epochSeconds(value: unknown): number | undefined {
  const ms = Date.parse(textOf(value, 64) ?? '');
  return Number.isFinite(ms) && ms > 0 ? Math.floor(ms / 1000) : undefined;
}

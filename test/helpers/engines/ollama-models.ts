import { createHash } from 'node:crypto';
import type { CommonScript } from './script';

/** A model as `ollama list` knows it. */
export interface OllamaModel {
  readonly name: string;
  readonly sizeBytes?: number;
  readonly family?: string;
  readonly parameters?: string;
  readonly quantization?: string;
  readonly contextLength?: number;
  readonly embeddingLength?: number;
  readonly capabilities?: readonly string[];
  readonly modifiedAt?: string;
  /** `num_ctx` of the Modelfile. */
  readonly numCtx?: number;
  /** A model that runs on somebody else's machine. */
  readonly remote?: { readonly model: string; readonly host: string };
}

/** A model in memory. */
export interface OllamaLoaded {
  readonly name: string;
  readonly contextLength?: number;
  readonly sizeVram?: number;
  readonly expiresAt?: string;
}

export interface OllamaScript extends CommonScript {
  models: readonly OllamaModel[];
  /** Names, or more exactly; grows when a request loads a model. */
  loaded?: readonly (string | OllamaLoaded)[];
  version?: string;
  /** `OLLAMA_ORIGINS`. */
  allowedOrigins?: readonly string[];
  /** Off when Ollama listens on more than loopback. Default: on. */
  checksHost?: boolean;
  /** The pending queue is full: 503 on inference. */
  isBusy?: boolean;
  /** Loading a model fails: 500 with this message. */
  loadFailure?: string;
  /** Cloud models answer 401 while false (default). */
  isSignedIn?: boolean;
  /** Streams of older versions: the role in every delta, `finish_reason` on the last one. */
  hasLegacyStream?: boolean;
  /** Lists of older versions: no capabilities, no context length in `/api/tags`. */
  hasLegacyTags?: boolean;
  /** The same id on every answer: real ids are a number below 999 and do collide. */
  chatId?: string;
}

export const defaultOllamaModels: readonly OllamaModel[] = [
  {
    name: 'llama3.2:3b',
    sizeBytes: 2_019_393_189,
    family: 'llama',
    parameters: '3.2B',
    contextLength: 131_072,
    embeddingLength: 3072,
    capabilities: ['completion', 'tools'],
  },
  {
    name: 'qwen3:8b',
    sizeBytes: 5_225_388_164,
    family: 'qwen3',
    parameters: '8.2B',
    contextLength: 40_960,
    embeddingLength: 4096,
    capabilities: ['completion', 'tools', 'thinking'],
  },
  {
    name: 'nomic-embed-text:latest',
    sizeBytes: 274_302_450,
    family: 'nomic-bert',
    parameters: '137M',
    quantization: 'F16',
    contextLength: 2048,
    embeddingLength: 768,
    capabilities: ['embedding'],
  },
];

/** The model a request means: Ollama adds `:latest` to a name without a tag. */
export function findModel(script: OllamaScript, name: string): OllamaModel | undefined {
  return script.models.find((model) => model.name === name || model.name === `${name}:latest`);
}

/** The name with the tag that Ollama adds where there is none. */
export function taggedName(name: string): string {
  return /:[^/]*$/.test(name) ? name : `${name}:latest`;
}

export function digestOf(model: OllamaModel): string {
  return createHash('sha256').update(model.name).digest('hex');
}

export function modifiedAt(model: OllamaModel): string {
  return model.modifiedAt ?? '2026-08-01T10:00:00.123456789+02:00';
}

/** One entry of `/api/tags`. */
export function tagsEntry(model: OllamaModel, isLegacy: boolean): object {
  const details = {
    parent_model: '',
    format: model.remote ? '' : 'gguf',
    family: model.remote ? '' : (model.family ?? 'llama'),
    families: model.remote ? null : [model.family ?? 'llama'],
    parameter_size: model.remote ? '' : (model.parameters ?? '3.2B'),
    quantization_level: model.remote ? '' : (model.quantization ?? 'Q4_K_M'),
    ...(isLegacy || model.remote
      ? {}
      : { context_length: model.contextLength ?? 8192, embedding_length: model.embeddingLength ?? 2048 }),
  };
  return {
    name: model.name,
    model: model.name,
    ...(model.remote ? { remote_model: model.remote.model, remote_host: model.remote.host } : {}),
    modified_at: modifiedAt(model),
    size: model.remote ? 384 : (model.sizeBytes ?? 2_000_000_000),
    digest: digestOf(model),
    details,
    ...(isLegacy ? {} : { capabilities: model.capabilities ?? ['completion'] }),
  };
}

/** One entry of `/api/ps`. */
export function psEntry(model: OllamaModel, loaded: OllamaLoaded): object {
  const { name, size, digest, details } = tagsEntry(model, true) as Record<string, unknown>;
  return {
    name,
    model: name,
    size,
    digest,
    details,
    expires_at: loaded.expiresAt ?? new Date(Date.now() + 300_000).toISOString(),
    size_vram: loaded.sizeVram ?? size,
    context_length: loaded.contextLength ?? model.numCtx ?? 4096,
  };
}

/** The answer of `/api/show`. */
export function showAnswer(model: OllamaModel): object {
  const arch = model.family ?? 'llama';
  return {
    modelfile: `FROM ${model.name}`,
    ...(model.numCtx === undefined ? {} : { parameters: `num_ctx                        ${model.numCtx}` }),
    template: '{{ .Prompt }}',
    details: {
      parent_model: '',
      format: 'gguf',
      family: arch,
      families: [arch],
      parameter_size: model.parameters ?? '3.2B',
      quantization_level: model.quantization ?? 'Q4_K_M',
    },
    model_info: {
      'general.architecture': arch,
      'general.parameter_count': 3_212_749_888,
      [`${arch}.context_length`]: model.contextLength ?? 8192,
      [`${arch}.embedding_length`]: model.embeddingLength ?? 2048,
    },
    tensors: Array.from({ length: 30 }, (_, index) => tensorRow(index, model.embeddingLength ?? 2048)),
    capabilities: model.capabilities ?? ['completion'],
    modified_at: modifiedAt(model),
  };
}

function tensorRow(index: number, width: number): object {
  return { name: `blk.${index}.attn_norm.weight`, type: 'F32', shape: [width] };
}

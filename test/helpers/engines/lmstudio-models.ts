import type { CommonScript } from './script';

/** A model on LM Studio's disk. */
export interface LmStudioModel {
  readonly id: string;
  readonly type?: 'llm' | 'vlm' | 'embeddings';
  readonly isLoaded?: boolean;
  readonly publisher?: string;
  readonly arch?: string;
  /** `null`: LM Studio does not know it. */
  readonly quantization?: string | null;
  readonly contextMax?: number;
  readonly contextLoaded?: number;
  readonly sizeBytes?: number;
  readonly parameters?: string | null;
  readonly capabilities?: readonly string[];
  readonly hasReasoning?: boolean;
}

export interface LmStudioScript extends CommonScript {
  models: readonly LmStudioModel[];
  /** JIT loading; off: `/v1/models` lists loaded models only. Default: on. */
  hasJit?: boolean;
  /** One of the app's internal ports: greets, but serves no REST API. */
  isInternalPort?: boolean;
  /** 0.4.17: `/v1/models` itself answers 200 with the error. */
  hasBrokenModelList?: boolean;
  /** Before 0.4.0: no `/api/v1`; before 0.3.6: no `/api/v0` either. */
  hasApiV1?: boolean;
  hasApiV0?: boolean;
  reasoningField?: 'reasoning' | 'reasoning_content' | 'think-tags';
  /** Context overflow: refused, reported inside the stream, or a stream without content. */
  onOverflow?: 'error' | 'stream-error' | 'empty-stream';
  /** A failure in the stream comes with an `event: error` line. */
  namesErrorEvents?: boolean;
  /** Headers leave before the model is loaded. Default: yes. */
  hasEarlyHeaders?: boolean;
  /** Before 0.3.16: empty names in later fragments of a tool call. */
  repeatsEmptyName?: boolean;
  /** With one model loaded a wrong name is served by it. */
  servesAnyName?: boolean;
}

export const defaultLmStudioModels: readonly LmStudioModel[] = [
  {
    id: 'google/gemma-3-4b',
    type: 'vlm',
    isLoaded: true,
    publisher: 'google',
    arch: 'gemma3',
    quantization: 'Q4_K_M',
    contextMax: 131_072,
    contextLoaded: 8192,
    sizeBytes: 3_341_000_000,
    parameters: '4B',
    capabilities: ['tool_use'],
  },
  {
    id: 'qwen2.5-coder-7b-instruct',
    publisher: 'lmstudio-community',
    arch: 'qwen2',
    contextMax: 32_768,
    capabilities: ['tool_use'],
  },
  {
    id: 'text-embedding-nomic-embed-text-v1.5',
    type: 'embeddings',
    publisher: 'nomic-ai',
    arch: 'nomic-bert',
    contextMax: 2048,
  },
];

/** `GET /v1/models`: no `created`. */
export function openAiList(script: Readonly<LmStudioScript>): object {
  const shown = script.models.filter((model) => script.hasJit !== false || model.isLoaded === true);
  return {
    data: shown.map((model) => ({ id: model.id, object: 'model', owned_by: 'organization_owner' })),
    object: 'list',
  };
}

/** One row of `GET /api/v0/models`. */
export function v0Entry(model: LmStudioModel): object {
  const isLoaded = model.isLoaded === true;
  return {
    id: model.id,
    object: 'model',
    type: model.type ?? 'llm',
    publisher: model.publisher ?? 'lmstudio-community',
    arch: model.arch ?? 'llama',
    compatibility_type: 'gguf',
    quantization: model.quantization === undefined ? 'Q4_K_M' : model.quantization,
    state: isLoaded ? 'loaded' : 'not-loaded',
    max_context_length: model.contextMax ?? 32_768,
    ...(isLoaded ? { loaded_context_length: model.contextLoaded ?? 4096 } : {}),
    ...(model.type === 'embeddings' ? {} : { capabilities: model.capabilities ?? [] }),
  };
}

/** One row of `GET /api/v1/models`. */
export function v1Entry(model: LmStudioModel): object {
  const isEmbedding = model.type === 'embeddings';
  const quantization = model.quantization === undefined ? 'Q4_K_M' : model.quantization;
  const instance = {
    id: model.id,
    config: {
      context_length: model.contextLoaded ?? 4096,
      eval_batch_size: 512,
      parallel: 4,
      flash_attention: true,
      offload_kv_cache_to_gpu: true,
    },
  };
  const forChat = {
    architecture: model.arch ?? 'llama',
    capabilities: {
      vision: model.type === 'vlm',
      trained_for_tool_use: (model.capabilities ?? []).includes('tool_use'),
      ...(model.hasReasoning === true ? { reasoning: { allowed_options: ['off', 'on'], default: 'on' } } : {}),
    },
    description: null,
  };
  return {
    type: isEmbedding ? 'embedding' : 'llm',
    publisher: model.publisher ?? 'lmstudio-community',
    key: model.id,
    display_name: model.id,
    ...(isEmbedding ? {} : forChat),
    quantization: quantization === null ? null : { name: quantization, bits_per_weight: 4 },
    size_bytes: model.sizeBytes ?? 4_000_000_000,
    params_string: model.parameters === undefined ? '7B' : model.parameters,
    loaded_instances: model.isLoaded === true ? [instance] : [],
    max_context_length: model.contextMax ?? 32_768,
    format: 'gguf',
  };
}

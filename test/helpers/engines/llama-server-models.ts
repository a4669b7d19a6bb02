import { epochSeconds } from './ids';
import type { CommonScript } from './script';

/** The model a llama-server was started with. */
export interface LlamaModel {
  /** Alias, repository or file path. */
  readonly id: string;
  readonly aliases?: readonly string[];
  readonly path?: string;
  /** Per slot. */
  readonly contextLength?: number;
  readonly contextMax?: number;
  readonly embeddingLength?: number;
  readonly parameters?: number;
  readonly sizeBytes?: number;
  readonly ftype?: string;
  readonly hasVision?: boolean;
}

export type RouterState = 'unloaded' | 'loading' | 'loaded' | 'sleeping' | 'downloading';

/** One row of the router's list. */
export interface RouterModel extends LlamaModel {
  readonly state?: RouterState;
  /** The last load failed (exit code); further requests answer 500. */
  readonly failedWith?: number;
  readonly progress?: number;
}

export interface LlamaServerScript extends CommonScript {
  model: LlamaModel;
  /** Router mode: this list instead of `model`. */
  router?: readonly RouterModel[];
  /** `--models-max` is reached and nothing can be evicted. */
  routerIsFull?: boolean;
  /** `--no-models-autoload`. */
  routerAutoload?: boolean;
  /** Every route answers 503 «Loading model». */
  isLoading?: boolean;
  buildInfo?: string;
  slots?: number;
  /** `--embeddings`: only embeddings work, chat does not. */
  isEmbeddingServer?: boolean;
  /** `--reranking`. */
  isRerankServer?: boolean;
  hasMetrics?: boolean;
  hasSlots?: boolean;
  /** Off: `/` is 404 (`--no-ui`). */
  hasUi?: boolean;
  /** Fill-in-the-middle tokens in the vocabulary. */
  hasInfill?: boolean;
  /** `/v1/models` without a key when one is set, as builds of June 2026 do; the recorded later build asks for it. */
  hasOpenModels?: boolean;
  /** Builds from 2025-05-21 to 2026-04-20: `/api/tags` and `/api/show` like Ollama's. */
  looksLikeOllama?: boolean;
  /** Builds before 2026-05-30: no header leaves before the first token. */
  hasLateHeaders?: boolean;
  /** Builds before September 2025: a failure in the stream is a line `error: {…}`. */
  hasLegacyStreamError?: boolean;
  /** Newer entries carry `architecture` in single-model mode too. */
  hasArchitecture?: boolean;
  /** `--sse-ping-interval`, in ms; 0: never. */
  pingMs?: number;
  /**
   * How often the server looks whether the client is still there (1 s in the real one: a generation ends up to that
   * much later than its connection).
   */
  abortPollMs?: number;
  /**
   * Measured on the real server: a client of an answer that is not streamed leaves while another request streams, and
   * the generation goes on as long as that one does. (The server looks for its client only when no result of any
   * request came for a second; asking for `/slots` ten times a second has the same effect.)
   */
  orphansWholeAnswers?: boolean;
}

export const defaultLlamaModel: LlamaModel = {
  id: 'ggml-org/gemma-3-4b-it-GGUF:Q4_K_M',
  aliases: ['gemma'],
  contextLength: 8192,
  contextMax: 131_072,
  embeddingLength: 2560,
  parameters: 3_880_099_328,
  sizeBytes: 2_489_757_696,
  ftype: 'Q4_K - Medium',
};

export function isRouter(script: Readonly<LlamaServerScript>): boolean {
  return script.router !== undefined;
}

function meta(model: LlamaModel): object {
  return {
    vocab_type: 1,
    n_vocab: 262_144,
    n_ctx: model.contextLength ?? 8192,
    n_ctx_train: model.contextMax ?? 131_072,
    n_embd: model.embeddingLength ?? 2560,
    n_params: model.parameters ?? 3_880_099_328,
    size: model.sizeBytes ?? 2_489_757_696,
    ftype: model.ftype ?? 'Q4_K - Medium',
  };
}

function ollamaLike(model: LlamaModel): object {
  return {
    name: model.id,
    model: model.id,
    modified_at: '',
    size: '',
    digest: '',
    type: 'model',
    description: '',
    tags: [''],
    capabilities: model.hasVision === true ? ['completion', 'multimodal'] : ['completion'],
    parameters: '',
    details: {
      parent_model: '',
      format: 'gguf',
      family: '',
      families: [''],
      parameter_size: '',
      quantization_level: '',
    },
  };
}

/** `GET /v1/models` of a server with one model. */
export function modelList(script: Readonly<LlamaServerScript>): object {
  const { model } = script;
  const entry = {
    id: model.id,
    aliases: model.aliases ?? [model.id],
    tags: [],
    object: 'model',
    ...(script.hasArchitecture === true ? { architecture: architecture(model) } : {}),
    created: epochSeconds(),
    owned_by: 'llamacpp',
    meta: meta(model),
  };
  return { models: [ollamaLike(model)], object: 'list', data: [entry] };
}

function architecture(model: LlamaModel): object {
  return { input_modalities: model.hasVision === true ? ['text', 'image'] : ['text'], output_modalities: ['text'] };
}

/** `GET /v1/models` of a router. */
export function routerList(models: readonly RouterModel[]): object {
  return {
    data: models.map((model) => {
      const state = model.state ?? 'unloaded';
      return {
        id: model.id,
        aliases: model.aliases ?? [],
        tags: [],
        object: 'model',
        owned_by: 'llamacpp',
        created: epochSeconds(),
        status: {
          value: state,
          args: ['llama-server', '--host', '127.0.0.1', '--port', '0', '--alias', model.id],
          preset: `[${model.id}]\n`,
          ...(model.failedWith === undefined ? {} : { failed: true, exit_code: model.failedWith }),
          ...(model.progress === undefined ? {} : { progress: model.progress }),
        },
        architecture: architecture(model),
        source: 'models_dir',
        can_remove: false,
        ...(state === 'loaded' || state === 'sleeping' ? { meta: meta(model) } : {}),
      };
    }),
    object: 'list',
  };
}

/** `GET /props`. */
export function props(script: Readonly<LlamaServerScript>): object {
  const buildInfo = script.buildInfo ?? 'b9775-be4a6a63e';
  if (isRouter(script)) {
    return {
      role: 'router',
      max_instances: 4,
      models_autoload: script.routerAutoload !== false,
      model_alias: 'llama-server',
      model_path: 'none',
      default_generation_settings: { params: null, n_ctx: 0 },
      ui_settings: {},
      build_info: buildInfo,
      cors_proxy_enabled: false,
    };
  }
  const { model } = script;
  return {
    default_generation_settings: { params: generationSettings, n_ctx: model.contextLength ?? 8192 },
    total_slots: script.slots ?? 2,
    model_alias: model.aliases?.[0] ?? model.id,
    model_ftype: model.ftype ?? 'Q4_K - Medium',
    model_path: model.path ?? '/home/user/models/model.gguf',
    modalities: { vision: model.hasVision === true, video: false, audio: false },
    media_marker: '<__media__>',
    endpoint_slots: script.hasSlots !== false,
    endpoint_props: false,
    endpoint_metrics: script.hasMetrics === true,
    ui: script.hasUi === true,
    ui_settings: {},
    chat_template: "{% for m in messages %}{{ m['content'] }}{% endfor %}",
    chat_template_caps: {
      supports_object_arguments: false,
      supports_parallel_tool_calls: false,
      supports_preserve_reasoning: false,
      supports_reasoning_effort: false,
      supports_string_content: true,
      supports_system_role: true,
      supports_tool_calls: true,
      supports_tools: true,
      supports_typed_content: false,
    },
    bos_token: '<s>',
    eos_token: '</s>',
    build_info: buildInfo,
    is_sleeping: false,
    cors_proxy_enabled: false,
  };
}

const generationSettings = {
  seed: 4_294_967_295,
  temperature: 0.8,
  top_k: 40,
  top_p: 0.95,
  min_p: 0.05,
  repeat_penalty: 1,
  presence_penalty: 0,
  frequency_penalty: 0,
  max_tokens: -1,
  n_predict: -1,
  stream: false,
  chat_format: 'Content-only',
  reasoning_format: 'none',
  reasoning_in_content: false,
  timings_per_token: false,
  lora: [],
};

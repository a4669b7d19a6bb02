/** What a model can do, as far as its engine tells or its metadata shows. */
export const capabilities = [
  'chat',
  'completion',
  'embeddings',
  'vision',
  'audio',
  'tools',
  'thinking',
  'fim',
  'rerank',
] as const;
export type Capability = (typeof capabilities)[number];

/** What a person may say of chat models whose server does not: most OpenAI-compatible servers list names alone. */
export const declarableCapabilities = ['tools', 'vision', 'thinking'] as const satisfies readonly Capability[];

/**
 * Context length in tokens to reckon with while a model is not loaded, and where it comes from: the model's own
 * `parameters`, what the engine gives `others` of its models, or the smallest `default` of its documentation.
 */
export interface ExpectedContext {
  readonly tokens: number;
  readonly from: 'parameters' | 'others' | 'default';
}

/** One model of one engine. */
export interface Model {
  /** As the engine calls it; sent upstream unchanged. Any string: may hold `/ : @ %`, spaces, a Windows path. */
  readonly id: string;
  /** For people, where the engine has one. */
  readonly displayName?: string;
  /** Other names the engine itself accepts. */
  readonly aliases?: readonly string[];
  readonly capabilities: readonly Capability[];
  /** Those of them that no engine has told, only the settings (`flm.engines.addresses[].capabilities`). */
  readonly declared?: readonly Capability[];
  /** In memory now. Undefined when the engine does not tell. */
  readonly isLoaded?: boolean;
  /** The engine is loading it now. */
  readonly isLoading?: boolean;
  /** Context length in tokens the model was made for. */
  readonly contextMax?: number;
  /** Context length in tokens the engine actually gives it now. Often far below `contextMax`. */
  readonly contextLoaded?: number;
  /** Where an engine may load the model with less than `contextMax`. Of no matter while `contextLoaded` is known. */
  readonly contextExpected?: ExpectedContext;
  readonly sizeBytes?: number;
  readonly vramBytes?: number;
  /** As printed by engines: `8.2B`, `26B-A4B`. */
  readonly parameters?: string;
  /** As printed by engines: `Q4_K_M`. */
  readonly quantization?: string;
  readonly family?: string;
  readonly format?: string;
  readonly embeddingLength?: number;
  /** Its chat template refuses messages of the system anywhere but first, and any of the developer. */
  readonly isSystemFirst?: boolean;
  /** Runs elsewhere through this engine (an Ollama cloud model): prompts leave this machine. */
  readonly isCloud?: boolean;
  /** Base model of a LoRA adapter. */
  readonly parent?: string;
  /** The engine unloads it then, epoch ms. */
  readonly expiresAt?: number;
  /** When the model appeared, epoch seconds; stable, or absent (several engines answer «now» each time). */
  readonly created?: number;
}

/** Tokens that prompt and answer may have together: what the engine gives now, else what it is expected to give. */
export function usableContext({ contextLoaded, contextExpected, contextMax }: Model): number | undefined {
  return contextLoaded ?? contextExpected?.tokens ?? contextMax;
}

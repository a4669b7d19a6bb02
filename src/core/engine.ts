import type { Model } from './model';
import type { Reason } from './reason';

/** The kinds of engine FLM knows. `openai` is any other server with an OpenAI-compatible `/v1/models`. */
export const engineKinds = ['ollama', 'vllm', 'lmstudio', 'llamacpp', 'openai'] as const;
export type EngineKind = (typeof engineKinds)[number];

/** What people call the engine. Not translated: these are product names. */
export const engineLabels: Record<EngineKind, string> = {
  ollama: 'Ollama',
  vllm: 'vLLM',
  lmstudio: 'LM Studio',
  llamacpp: 'llama.cpp',
  openai: 'OpenAI-compatible',
};

/** The port an engine listens on when nobody says otherwise (ENGINES.md §§1–4). */
export const defaultPorts: Record<Exclude<EngineKind, 'openai'>, number> = {
  ollama: 11434,
  vllm: 8000,
  lmstudio: 1234,
  llamacpp: 8080,
};

/**
 * How an engine is.
 *
 * - `installed`: found on this machine, not running
 * - `loading`: answers, but says it is still loading its model
 * - `healthy`: answers as it should
 * - `degraded`: answers slowly (threshold in the settings, 1.5 s by default) or says 429/503
 * - `needs-key`: refuses us without an API key, or with the one we have
 * - `network-error`: could not be reached three times in a row
 * - `api-error`: answers, but not as this kind of engine should
 */
export const engineStates = [
  'healthy',
  'degraded',
  'loading',
  'needs-key',
  'api-error',
  'network-error',
  'installed',
] as const;
export type EngineState = (typeof engineStates)[number];

/** States in which a request may be sent to the engine. A loading engine answers late, which is no error. */
export function isUsable(state: EngineState): boolean {
  return state === 'healthy' || state === 'degraded' || state === 'loading';
}

/** How FLM came to know of an engine. */
export type EngineSource = 'configured' | 'environment' | 'config-file' | 'default-port' | 'installed' | 'demo';

/** One engine as last seen. A value: replaced on change, never changed. */
export interface Engine {
  /** Stable slug, first part of canonical model ids: `ollama`, `llamacpp-8081`, `vllm-gpu-box-8000`. See `engineId`. */
  readonly id: string;
  readonly kind: EngineKind;
  /** Shown to people: the configured name, else the kind's label (with the port when there are several). */
  readonly name: string;
  /** Origin and optional path prefix without a trailing slash: `http://127.0.0.1:11434`. Empty for `installed`. */
  readonly baseUrl: string;
  readonly source: EngineSource;
  /** Variable, file or setting the address came from, for the tooltip; the path of the binary for `installed`. */
  readonly sourceDetail?: string;
  readonly state: EngineState;
  readonly reason: Reason;
  /** When the engine entered this state, epoch ms. */
  readonly since: number;
  /** Last successful probe, epoch ms; undefined if there was none. */
  readonly checkedAt?: number;
  /** Time to the answer of the last probe of the model list. */
  readonly latencyMs?: number;
  readonly version?: string;
  /** llama.cpp in router mode: lists models that it loads on demand. */
  readonly isRouter?: boolean;
  /** Requests it can work on at once, where it says so (slots of llama-server). */
  readonly parallel?: number;
  /** Failed probes in a row. */
  readonly failures: number;
  readonly models: readonly Model[];
  /** The data is from the cache and older than its TTL, or from an earlier run. */
  readonly isStale: boolean;
  /** Not on this machine's loopback. */
  readonly isRemote: boolean;
  /** How to start it, when FLM knows: a command line for a terminal. */
  readonly startCommand?: string;
}

/** All engines, in no particular order: sorting is the view's business. */
export interface EnginesSnapshot {
  /** Grows with every change, so that a late message can be told from a newer one. */
  readonly revision: number;
  readonly engines: readonly Engine[];
  /** A detection round is under way. */
  readonly isScanning: boolean;
  /** When the last full round ended, epoch ms; undefined before the first. */
  readonly scannedAt?: number;
}

export const emptyEnginesSnapshot: EnginesSnapshot = { revision: 0, engines: [], isScanning: false };

import OpenAI from 'openai';
import type { Engine, EngineKind } from '../../../../src/core/engine';
import type { Model } from '../../../../src/core/model';
import { startLlamaServer } from '../../../helpers/engines/llama-server';
import { startLmStudio } from '../../../helpers/engines/lmstudio';
import { startOllama } from '../../../helpers/engines/ollama';
import { startVllm } from '../../../helpers/engines/vllm';
import { startProxy, type Harness } from '../../../helpers/proxy-harness';
import type { CommonScript } from '../../../helpers/engines/script';

export const messages = [{ role: 'user' as const, content: 'Hi' }];

/** The engine kinds with a model each of them has. */
export const engines = {
  ollama: { start: startOllama, model: 'llama3.2:3b' },
  llamacpp: { start: startLlamaServer, model: 'ggml-org/gemma-3-4b-it-GGUF:Q4_K_M' },
  vllm: { start: startVllm, model: 'Qwen/Qwen3-8B' },
  lmstudio: { start: startLmStudio, model: 'google/gemma-3-4b' },
} as const;
export type KnownKind = keyof typeof engines;
export const knownKinds = Object.keys(engines) as KnownKind[];

export function startEngine(kind: KnownKind, script: Partial<CommonScript> = {}) {
  return engines[kind].start(script);
}

const open: { stop(): Promise<void> }[] = [];

/** To be called after each test. */
export async function stopAll(): Promise<void> {
  for (const each of open.splice(0)) await each.stop();
}

export interface Before extends Harness {
  readonly client: OpenAI;
}

/** A proxy before an engine whose kind it knows, with the official client; both end with the test. */
export async function before(
  engine: { url: string; stop(): Promise<void> },
  kind: EngineKind,
  ids: string | readonly string[],
  {
    config = {},
    model = {},
    engine: facts = {},
  }: { config?: Record<string, unknown>; model?: Partial<Model>; engine?: Partial<Engine> } = {},
): Promise<Before> {
  const models = typeof ids === 'string' ? [ids] : ids;
  const proxy = await startProxy({
    engines: [{ id: 'engine', baseUrl: engine.url, models, kind, model, engine: facts }],
    config,
  });
  open.push(proxy, engine);
  return { ...proxy, client: new OpenAI({ baseURL: `${proxy.url}/v1`, apiKey: 'unused', maxRetries: 0 }) };
}

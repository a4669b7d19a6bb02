import type { EngineKind } from '../core/engine';
import type { EngineAdapter } from './adapter';
import { llamacppAdapter } from './llamacpp';
import { lmstudioAdapter } from './lmstudio';
import { ollamaAdapter } from './ollama';
import { openaiCompatibleAdapter } from './openai-compatible';
import { vllmAdapter } from './vllm';

export const adapters: Record<EngineKind, EngineAdapter> = {
  ollama: ollamaAdapter,
  vllm: vllmAdapter,
  lmstudio: lmstudioAdapter,
  llamacpp: llamacppAdapter,
  openai: openaiCompatibleAdapter,
};

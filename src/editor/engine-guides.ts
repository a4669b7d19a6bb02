import type { EngineKind } from '../core/engine';

/** Where an engine's makers explain it. */
export const engineDocs: Record<EngineKind, string> = {
  ollama: 'https://docs.ollama.com/',
  vllm: 'https://docs.vllm.ai/',
  lmstudio: 'https://lmstudio.ai/docs',
  llamacpp: 'https://github.com/ggml-org/llama.cpp/tree/master/tools/server',
  openai: 'https://platform.openai.com/docs/api-reference/models/list',
};

import type { EngineKind } from '../../../src/core/engine';
import { defaultLlamaModel } from '../../helpers/engines/llama-server-models';
import { startLlamaServer } from '../../helpers/engines/llama-server';
import { startLmStudio } from '../../helpers/engines/lmstudio';
import { startOllama } from '../../helpers/engines/ollama';
import { defaultOllamaModels } from '../../helpers/engines/ollama-models';
import { startOpenAiCompatible } from '../../helpers/engines/openai-compatible';
import type { CommonScript } from '../../helpers/engines/script';
import type { Simulator } from '../../helpers/engines/simulator';
import { startVllm } from '../../helpers/engines/vllm';

/** What the engine of a row is used for; vLLM and llama.cpp are started for one of these. */
export type Purpose = 'chat' | 'thinking' | 'embeddings' | 'fim' | 'rerank';

/** The script of a simulator: what all have, and what one kind has besides. */
export type Script = Partial<CommonScript> & Readonly<Record<string, unknown>>;

/** One kind of engine. */
export interface Column {
  readonly kind: EngineKind;
  readonly label: string;
  /** As the kind tells it to FLM; LM Studio and unknown servers tell none. */
  readonly version?: string;
  /** The model that is asked; another one for `purpose` where the kind needs it. */
  model(purpose: Purpose): string;
  start(script: Script, purpose: Purpose): Promise<Simulator<CommonScript>>;
}

/** Narrowed to what every simulator has. */
function simulator(started: Promise<unknown>): Promise<Simulator<CommonScript>> {
  return started as Promise<Simulator<CommonScript>>;
}

/** The model of most rows can do what the stage says of it; Ollama refuses what a model cannot. */
const ableModels = defaultOllamaModels.map((model) =>
  model.name === 'llama3.2:3b' ? { ...model, capabilities: ['completion', 'tools', 'vision', 'insert'] } : model,
);

/** The columns of the table, in its order. */
export const columns: readonly Column[] = [
  {
    kind: 'ollama',
    label: 'Ollama',
    version: '0.32.15',
    model: (purpose) =>
      purpose === 'embeddings' ? 'nomic-embed-text:latest' : purpose === 'thinking' ? 'qwen3:8b' : 'llama3.2:3b',
    start: (script) => simulator(startOllama({ models: ableModels, ...script })),
  },
  {
    kind: 'vllm',
    label: 'vLLM',
    version: '0.26.0',
    model: () => 'Qwen/Qwen3-8B',
    start: (script, purpose) =>
      simulator(startVllm({ ...script, task: purpose === 'embeddings' ? 'embed' : 'generate' })),
  },
  {
    kind: 'lmstudio',
    label: 'LM Studio',
    model: (purpose) => (purpose === 'embeddings' ? 'text-embedding-nomic-embed-text-v1.5' : 'google/gemma-3-4b'),
    start: (script) => simulator(startLmStudio(script)),
  },
  {
    kind: 'llamacpp',
    label: 'llama.cpp',
    version: 'b9775-be4a6a63e',
    model: () => defaultLlamaModel.id,
    start: (script, purpose) =>
      simulator(
        startLlamaServer({
          abortPollMs: 20,
          ...script,
          model: { ...defaultLlamaModel, hasVision: true },
          isEmbeddingServer: purpose === 'embeddings',
          hasInfill: purpose === 'fim',
          isRerankServer: purpose === 'rerank',
        }),
      ),
  },
  {
    kind: 'openai',
    label: 'other',
    model: () => 'local-model',
    start: (script) => simulator(startOpenAiCompatible({ ...script, models: ['local-model'] })),
  },
];

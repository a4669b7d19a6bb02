import type { EngineKind } from '../../core/engine';
import { openAiError, openAiErrors } from '../openai-error';
import { usageInJson } from '../usage';
import type { Dialect } from './dialect';
import { EventTap } from './event-tap';

/**
 * Engines with a rerank route. llama-server needs `--reranking` and vLLM a model made for it; they say so themselves. A
 * server of no known kind is asked: text-embeddings-inference and Infinity have the route.
 */
const rerankers: ReadonlySet<EngineKind> = new Set(['llamacpp', 'vllm', 'openai']);

/**
 * `POST /v1/rerank` `{model, query, documents, top_n}`, answered with `results[{index, relevance_score}]`: the form of
 * Jina's API (https://jina.ai/reranker), which Cohere's `/v2/rerank` shares in what matters. No engine can be given it by
 * other means: scores of a chat model would be made up.
 */
export const rerank: Dialect = {
  errors: openAiErrors,
  streams: { contentType: 'text/event-stream', ping: undefined, tap: () => new EventTap(() => ({})) },
  streamsByDefault: false,
  neverStreams: true,
  nativePath: ({ engine }) => (rerankers.has(engine.kind) ? '/v1/rerank' : undefined),
  usage: usageInJson,
  translate: (_body, { entry }) => {
    const message = `${entry.engine.name} does not rerank. vLLM with a reranking model and llama.cpp started with --reranking do.`;
    return { ok: false, error: openAiError('not_supported', message, 'model') };
  },
};

import type { CatalogEntry } from '../../../core/catalog';
import type { EngineKind } from '../../../core/engine';
import type { InferenceBody } from '../../inference-body';
import { isJsonObject } from '../../repairs/json-object';
import { RequestMembers } from '../../repairs/request-members';
import { hasSystemMessage } from '../system-messages';
import { surelyFits } from './output-limit';

interface Limit {
  readonly kinds: ReadonlySet<EngineKind>;
  /** Requests that these engines, speaking the dialect themselves, treat worse than their chat API with FLM's repairs. */
  readonly concerns: (entry: CatalogEntry, body: InferenceBody, request: RequestMembers) => boolean;
}

const limits: readonly Limit[] = [
  // vLLM refuses such roles until 2026-06 (vllm 44000), templates of the others wherever the message is not the first
  {
    kinds: new Set<EngineKind>(['ollama', 'llamacpp', 'vllm']),
    concerns: (_entry, _body, request) => hasLateSystemMessage(request),
  },
  // llama-server goes on with a whole answer whose client has gone; FLM asks for a stream and joins it
  { kinds: new Set<EngineKind>(['llamacpp']), concerns: (_entry, body) => !body.isStream },
  // Ollama reads no tool choice, llama.cpp takes a named tool for `auto`
  {
    kinds: new Set<EngineKind>(['ollama', 'llamacpp']),
    concerns: (_entry, _body, request) => {
      const choice = request.value('tool_choice');
      return isJsonObject(choice) && choice.type !== 'auto';
    },
  },
  // No engine is known to honour a schema on this route; all do in chat
  {
    kinds: new Set<EngineKind>(['ollama', 'llamacpp', 'vllm']),
    concerns: (_entry, _body, request) => {
      const config = request.value('output_config');
      return request.has('output_format') || (isJsonObject(config) && isJsonObject(config.format));
    },
  },
  { kinds: new Set<EngineKind>(['vllm']), concerns: (entry, body) => !surelyFits(entry, body) },
];

/** Claude Code since 2.1.154 has one in every request. Escaped quotes in texts look different, so the search is exact. */
export function hasLateSystemMessage(request: RequestMembers): boolean {
  return request.includes('messages', '"system"') && hasSystemMessage(request.value('messages'));
}

/** Whether an engine that speaks the dialect itself is better not asked in it. */
export function isBetterTranslated(entry: CatalogEntry, body: InferenceBody): boolean {
  const request = new RequestMembers(body);
  return limits.some(({ kinds, concerns }) => kinds.has(entry.engine.kind) && concerns(entry, body, request));
}

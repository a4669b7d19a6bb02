import type { EngineKind } from '../../../core/engine';
import type { JsonObject } from '../../repairs/json-object';

/**
 * Ollama's `think` as the members that switch it elsewhere. Engines with chat templates take the switch of the template
 * (llama-server and vLLM: `chat_template_kwargs`); a level is OpenAI's `reasoning_effort`. Other engines decide by
 * themselves.
 */
export function thinkingMembers(think: unknown, kind: EngineKind): JsonObject {
  const hasTemplates = kind === 'llamacpp' || kind === 'vllm';
  if (typeof think === 'boolean') return hasTemplates ? { chat_template_kwargs: { enable_thinking: think } } : {};
  if (typeof think === 'string' && think !== '') return { reasoning_effort: think };
  return {};
}

import type { EngineKind } from '../../../core/engine';
import { isJsonObject, type JsonObject } from '../../repairs/json-object';

/** Ollama's `format` as OpenAI's `response_format`: `"json"`, a JSON schema, or nothing. Undefined for anything else. */
export function responseFormat(format: unknown): { readonly member: JsonObject } | undefined {
  if (format === undefined || format === null || format === '') return { member: {} };
  if (format === 'json') return { member: { response_format: { type: 'json_object' } } };
  if (!isJsonObject(format)) return undefined;
  const json_schema = { name: 'answer', schema: format, strict: true };
  return { member: { response_format: { type: 'json_schema', json_schema } } };
}

/**
 * The same for a completion, where OpenAI's API has no such member: llama-server takes a schema by another name, vLLM takes
 * `response_format` here, too. Undefined for engines that would ignore it and answer with any text.
 */
export function completionFormat(format: unknown, kind: EngineKind): { readonly member: JsonObject } | undefined {
  const asked = responseFormat(format);
  if (asked?.member.response_format === undefined || kind === 'vllm') return asked;
  if (kind !== 'llamacpp') return undefined;
  return { member: { json_schema: format === 'json' ? { type: 'object' } : format } };
}

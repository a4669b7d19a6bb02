import { isJsonObject, type JsonObject } from '../../repairs/json-object';

/** Ollama's `format` as OpenAI's `response_format`: `"json"`, a JSON schema, or nothing. Undefined for anything else. */
export function responseFormat(format: unknown): { readonly member: JsonObject } | undefined {
  if (format === undefined || format === null || format === '') return { member: {} };
  if (format === 'json') return { member: { response_format: { type: 'json_object' } } };
  if (!isJsonObject(format)) return undefined;
  const json_schema = { name: 'answer', schema: format, strict: true };
  return { member: { response_format: { type: 'json_schema', json_schema } } };
}

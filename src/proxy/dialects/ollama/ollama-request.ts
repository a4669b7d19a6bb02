import type { InferenceBody } from '../../inference-body';
import { openAiError } from '../../openai-error';
import type { JsonObject } from '../../repairs/json-object';
import type { Translated, TranslationContext } from '../dialect';

/** The members of a request, which is known to be a JSON object. */
export function membersOf({ bytes }: InferenceBody): JsonObject {
  return JSON.parse(bytes.toString('utf8')) as JsonObject;
}

/** The model as the client named it, for its answer. */
export function askedModel({ model }: InferenceBody, { entry }: TranslationContext): string {
  return model ?? entry.id;
}

export function refused(message: string, param: string): Translated {
  return { ok: false, error: openAiError('invalid_request', message, param) };
}

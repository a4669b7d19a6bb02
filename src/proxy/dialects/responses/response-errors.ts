import { errorJson, type OpenAiError } from '../../openai-error';
import type { ErrorFormat } from '../dialect';
import { namedEvent } from '../named-event';

/** OpenAI's error bodies; inside a stream the event `error` of the Responses API, on which its clients throw. */
export const responseErrors: ErrorFormat = {
  body: errorJson,
  event: ({ message, param, code, type }: OpenAiError) =>
    namedEvent('error', { type: 'error', code: code ?? type, message, param, sequence_number: 0 }),
};

import { errorJson, type OpenAiError } from '../../openai-error';
import type { ErrorFormat } from '../dialect';
import { namedEvent } from '../named-event';

/** OpenAI's error bodies; inside a stream the event `error` of the Responses API. */
export const responseErrors: ErrorFormat = { body: errorJson, event: (error) => responseErrorEvent(error) };

/**
 * The event `error`. Its members are those of the API; `error` repeats them in the shape on which the official SDK throws
 * (openai 6: `data.error`), or its caller would take half an answer for a whole one.
 */
export function responseErrorEvent({ message, type, param, code }: OpenAiError, sequence?: number): string {
  return namedEvent('error', {
    type: 'error',
    ...(sequence !== undefined && { sequence_number: sequence }),
    code: code ?? type,
    message,
    param,
    error: { message, type, param, code },
  });
}

import type { OpenAiError } from '../../openai-error';
import type { ErrorFormat } from '../dialect';

/** `{"error":"text"}`: all that Ollama tells, as an answer and as a line of a stream (api/types.go). */
export const ollamaErrors: ErrorFormat = {
  body: (error) => errorObject(error),
  event: (error) => `${errorObject(error)}\n`,
};

function errorObject({ message }: OpenAiError): string {
  return JSON.stringify({ error: message });
}

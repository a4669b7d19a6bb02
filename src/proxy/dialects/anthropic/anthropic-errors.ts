import type { OpenAiError } from '../../openai-error';
import type { ErrorFormat } from '../dialect';
import { namedEvent } from '../named-event';

/**
 * `{"type":"error","error":{"type","message"},"request_id"}` (https://docs.anthropic.com/en/api/errors). The SDKs choose
 * their error class by status, and by `error.type` inside a stream. FLM's own code stays readable as `error.code`.
 */
export const anthropicErrors: ErrorFormat = {
  body: (error, requestId) => JSON.stringify(wrapped(error, requestId)),
  event: (error, requestId) => namedEvent('error', wrapped(error, requestId)),
  requestIdHeader: 'request-id',
};

/** Anthropic's own words, by which its clients know that they must shorten the conversation. */
const tooLong = 'prompt is too long';

function wrapped({ status, message, code }: OpenAiError, requestId: string): object {
  const said = code === 'context_length_exceeded' ? `${tooLong}: ${message}` : message;
  const error = { type: errorType(status), message: said, ...(code !== null && { code }) };
  return { type: 'error', error, request_id: requestId };
}

const types: Readonly<Record<number, string>> = {
  401: 'authentication_error',
  403: 'permission_error',
  404: 'not_found_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  503: 'overloaded_error',
  504: 'timeout_error',
  529: 'overloaded_error',
};

function errorType(status: number): string {
  return types[status] ?? (status < 500 ? 'invalid_request_error' : 'api_error');
}

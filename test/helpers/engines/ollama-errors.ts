import type { Exchange } from './exchange';
import { encodedJson, ginJson, sendEncoded, sendGinJson, streamHints } from './ollama-wire';
import type { OllamaContext, Refusal } from './ollama-state';

/** The words of `/v1/messages`, or of OpenAI's routes. */
export type ErrorDialect = 'openai' | 'anthropic';

const errorTypes: Readonly<Record<number, string>> = { 400: 'invalid_request_error', 404: 'not_found_error' };

function errorBody(context: OllamaContext, dialect: ErrorDialect, status: number, message: string): object {
  const type = errorTypes[status] ?? 'api_error';
  if (dialect === 'openai') return { error: { message, type, param: null, code: null } };
  return { type: 'error', error: { type, message }, request_id: `req_${context.state.ids.take(24).toLowerCase()}` };
}

/** Refused by the middleware, before the handler of the native route behind it runs. */
export function sendProblem(context: OllamaContext, message: string, dialect: ErrorDialect = 'openai'): void {
  const body = errorBody(context, dialect, 400, message);
  // Anthropic's writer encodes its own refusals, with a line end
  if (dialect === 'anthropic') context.exchange.sendText(400, `${JSON.stringify(body)}\n`, ginJson);
  else void sendGinJson(context.exchange, 400, body);
}

/** Refused or failed in the handler: a native error, put into other words by the writer of the route. */
export function sendError(
  context: OllamaContext,
  status: number,
  message: string,
  dialect: ErrorDialect = 'openai',
): Promise<void> {
  return sendEncoded(context.exchange, status, errorBody(context, dialect, status, message));
}

export function sendRefusal(context: OllamaContext, refusal: Refusal, dialect: ErrorDialect = 'openai'): Promise<void> {
  const { status, message, signinUrl } = refusal;
  if (signinUrl === undefined) return sendError(context, status, message, dialect);
  return sendEncoded(context.exchange, status, { error: message, signin_url: signinUrl });
}

/** A stream that failed before its first piece: an error with the headers of a stream, in chunks. */
export function sendEarlyFailure(
  context: OllamaContext,
  message: string,
  options: { readonly dialect?: ErrorDialect; readonly hasHints?: boolean } = {},
): Promise<void> {
  const headers = options.hasHints === true ? streamHints : {};
  const body = errorBody(context, options.dialect ?? 'openai', 500, message);
  return sendEncoded(context.exchange, 500, body, { headers, isFlushed: true });
}

/** A whole answer of an OpenAI or Anthropic route. */
export function sendAnswer(exchange: Exchange, body: object): Promise<void> {
  return sendEncoded(exchange, 200, body, { headers: encodedJson });
}
